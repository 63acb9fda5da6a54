/** The kiosk and the desk behind one door: what `npm start` opens and the end-to-end tests drive. Every card in it is simulated. */
import { Hall } from '../../src/host/hall.ts'
import type { Patience } from '../../src/host/ports.ts'
import { rendererFiles } from '../terminal/build.ts'
import { aloneOnReaders } from '../testkit/host-ports.ts'
import type { TestReaders } from '../testkit/testkit.ts'
import { Desk } from './desk/desk.ts'
import { deskService } from './desk/desk-service.ts'
import { type Door, openDoor } from './door.ts'

export interface SimulatedTerminal {
  readonly door: Door
  readonly desk: Desk
  close(): Promise<void>
}

export interface SimulatedTerminalOptions {
  /** Empty ones; the desk lays the cards. They stay open when the terminal closes. */
  readonly readers: TestReaders
  /** The reader of the kiosk. */
  readonly reader: string
  readonly port?: number
  readonly patience?: Patience
}

export async function openSimulatedTerminal(options: SimulatedTerminalOptions): Promise<SimulatedTerminal> {
  const { readers, reader, port = 0, patience } = options
  const files = await rendererFiles()
  const desk = new Desk(readers)
  const hall = new Hall(aloneOnReaders(readers.service, { reader }), patience)
  const services = { '/host': hall.service, '/desk': deskService(desk, readers) }
  const closeHall = async () => {
    await hall.close()
    desk.close()
  }
  try {
    const door = await openDoor({ services, files, port })
    return {
      door,
      desk,
      async close() {
        await door.close()
        await closeHall()
      },
    }
  } catch (error) {
    await closeHall()
    throw error
  }
}
