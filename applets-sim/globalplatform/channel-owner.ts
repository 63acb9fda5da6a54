/** A secure channel for an application or domain, served by the domain that has the keys. */
import type { ChipServices } from '../os/application.ts'
import type { CardContent } from './card-content.ts'
import { SecureChannel } from './secure-channel.ts'
import { Velocity } from './velocity.ts'

const NO_DIVERSIFICATION = new Uint8Array(10)
const CELL_CF = 'isd/00CF'

export const channelFor = (content: CardContent, services: ChipServices, aid: Uint8Array): SecureChannel =>
  new SecureChannel({
    aid,
    ring: () => content.ring(content.channelDomain(aid)),
    velocity: () => new Velocity(content.memory, content.channelDomain(aid)),
    parameter: content.scp,
    random: services.random,
    // The cell is what GET DATA CF answers: tag, length, ten bytes.
    diversification: () => content.memory.read(CELL_CF)?.subarray(-10) ?? NO_DIVERSIFICATION,
  })
