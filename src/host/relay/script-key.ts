/** The key that scripts are signed with: asked for once, and the same for as long as this terminal runs. */
import { fromBase64 } from '../../base/base64.ts'
import { utf8 } from '../../base/bytes.ts'
import { webVerify } from '../../pki/web-verify.ts'
import type { BackendLine } from '../../procedures/backend-line.ts'
import { type CardScript, scriptText } from '../../wire/card-script.ts'

export class ScriptKey {
  #publicKey: Uint8Array | undefined

  /** Does this terminal know it? Asks the backend when it does not. */
  async known(backend: BackendLine): Promise<boolean> {
    if (this.#publicKey !== undefined) return true
    const answered = await backend.call('scriptKey', {})
    if (answered.kind === 'ok') this.#publicKey ??= fromBase64(answered.value.publicKey)
    return this.#publicKey !== undefined
  }

  readonly verify = async (script: CardScript): Promise<boolean> =>
    this.#publicKey !== undefined &&
    (await webVerify('p384-sha384', this.#publicKey, utf8(scriptText(script)), fromBase64(script.signature)))
}
