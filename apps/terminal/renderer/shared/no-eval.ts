/** Imported before any schema is made: the page's policy forbids code made from strings, and asking for it is a violation too. */
import { z } from 'zod'

z.config({ jitless: true })
