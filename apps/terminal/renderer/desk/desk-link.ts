/** The desk's page on its channel. */
import { useEffect, useMemo, useState } from 'react'
import {
  commandsSchema,
  type DeskCall,
  type DeskState,
  deskStateSchema,
  type SeenCommand,
} from '../../../browser-host/desk/desk-api.ts'
import { openChannel } from '../shared/channel.ts'

/** So many commands stay in the list. */
const MOST = 300

export interface DeskLink {
  readonly state: DeskState | undefined
  /** The newest first. */
  readonly commands: readonly SeenCommand[]
  readonly lost: boolean
  readonly call: (name: DeskCall, input: object) => void
  readonly clear: () => void
}

export function useDeskLink(): DeskLink {
  const [state, setState] = useState<DeskState>()
  const [commands, setCommands] = useState<readonly SeenCommand[]>([])
  const [lost, setLost] = useState(false)
  const channel = useMemo(() => openChannel('/desk', () => setLost(true)), [])
  useEffect(() => {
    channel.listen('state', (value) => setState(deskStateSchema.parse(value)))
    channel.listen('commands', (value) => {
      const seen = commandsSchema.parse(value)
      setCommands((before) => [...seen.toReversed(), ...before].slice(0, MOST))
    })
  }, [channel])
  return {
    state,
    commands,
    lost,
    // A refusal says that the desk has changed meanwhile; its new state is already on the way.
    call: (name, input) => void channel.call(name, input).catch(() => {}),
    clear: () => setCommands([]),
  }
}
