/** The reservation in the phone app: why a PIN is asked, what is printed on the card, the portrait, the comparison. */
import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { Icon } from '../icons.tsx'
import { PinPad } from '../pin-pad.tsx'
import { portraitOf } from '../portrait.ts'
import { useWords } from '../preferences.tsx'
import { Panel, type ScreenProps, Sign } from './frame.tsx'

export function ExplainReset({ view: { pin }, screen, host }: ScreenProps<'explainReset'>) {
  const words = useWords()
  return (
    <Panel
      title={words.show('explainReset.title', { pin: words.raw(`pin.${pin}`) })}
      onCancel={host.cancel}
      actions={
        <Button className="button primary" onPress={() => host.answer<'explainReset'>(screen, { goOn: true })}>
          {words.show('explainReset.goOn')}
        </Button>
      }
    >
      <p className="lead">{words.show('explainReset.why')}</p>
      <p className="problem">
        <Icon name="alert" />
        {words.show('explainReset.care')}
      </p>
      <p className="lead">{words.show('explainReset.next')}</p>
    </Panel>
  )
}

/** Six digits, four and four, as they stand on the card (facts 3.1). */
const CARD_FACE = { letters: false, minLength: 14, maxLength: 14 } as const

export function EnterCardFace({ view: { problem }, screen, host }: ScreenProps<'enterCardFace'>) {
  const words = useWords()
  return (
    <Panel
      keys={
        <PinPad
          key={screen.prompt}
          form={CARD_FACE}
          shuffled={false}
          onPin={(bytes) => host.answer<'enterCardFace'>(screen, { entered: true }, bytes)}
        />
      }
      title={words.show('enterCardFace.title')}
      onCancel={host.cancel}
    >
      <div className="notes">
        {problem && (
          <p className="problem" role="alert">
            <Icon name="alert" />
            {words.show(`enterCardFace.${problem}`)}
          </p>
        )}
        <ol className="steps">
          <li>{words.show('enterCardFace.birth')}</li>
          <li>{words.show('enterCardFace.expiry')}</li>
          <li>{words.show('enterCardFace.code')}</li>
        </ol>
      </div>
    </Panel>
  )
}

export function TakePortrait({ screen, host }: ScreenProps<'takePortrait'>) {
  const words = useWords()
  const video = useRef<HTMLVideoElement>(null)
  const [camera, setCamera] = useState<'opening' | 'open' | 'none'>('opening')
  useEffect(() => {
    let stream: MediaStream | undefined
    let gone = false
    const open = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' } })
      if (gone || video.current === null) return stream.getTracks().forEach((track) => void track.stop())
      video.current.srcObject = stream
      await video.current.play()
      setCamera('open')
    }
    open().catch(() => setCamera('none'))
    return () => {
      gone = true
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
  }, [])
  const send = (picture: Uint8Array) => host.answer<'takePortrait'>(screen, { entered: true }, picture)
  return (
    <Panel
      title={words.show('takePortrait.title')}
      onCancel={host.cancel}
      actions={
        camera === 'open' && (
          <Button
            className="button primary"
            onPress={() =>
              video.current &&
              void portraitOf(video.current, video.current.videoWidth, video.current.videoHeight).then(send)
            }
          >
            {words.show('takePortrait.take')}
          </Button>
        )
      }
    >
      <p className="lead">{words.show(camera === 'none' ? 'takePortrait.noCamera' : 'takePortrait.how')}</p>
      {camera === 'none' ? (
        <PictureFile label={words.show('takePortrait.choose')} onPicture={send} />
      ) : (
        <video ref={video} className="portrait" muted playsInline />
      )}
    </Panel>
  )
}

/** For a device without a camera: a picture that was taken elsewhere. */
function PictureFile({
  label,
  onPicture,
}: {
  readonly label: React.ReactNode
  readonly onPicture: (picture: Uint8Array) => void
}) {
  const choose = async (file: File | undefined) => {
    if (file === undefined) return
    const picture = await createImageBitmap(file)
    onPicture(await portraitOf(picture, picture.width, picture.height))
    picture.close()
  }
  return (
    <label className="button choose">
      {label}
      <input type="file" accept="image/*" capture="user" onChange={({ target }) => void choose(target.files?.[0])} />
    </label>
  )
}

export function Comparing({ view: { how }, host }: ScreenProps<'comparing'>) {
  const words = useWords()
  return (
    <Panel title={words.show('comparing.title')} onCancel={host.cancel}>
      <Sign icon="auth" />
      <p className="lead">{words.show(`comparing.${how}`)}</p>
    </Panel>
  )
}
