/** What an endpoint of the BackendApi is, and the fields many of them share. Bytes are base64, times epoch milliseconds. */
import { z } from 'zod'
import { TERMINAL_ROLES, type TerminalRole } from './backend-roles.ts'

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Parameters as `:name`. */
  readonly path: string
  readonly summary: string
  readonly roles: readonly TerminalRole[]
  /** At a counter with staff somebody must have signed in. Elsewhere the header names who acts, if it can. */
  readonly operator?: true
  /** Traffic with a capacity of its own (P11, P13); interactive where nothing is said. */
  readonly lane?: 'reservation'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly reply: z.ZodType
}

export const administrators: readonly TerminalRole[] = ['administrator']
export const everybody: readonly TerminalRole[] = TERMINAL_ROLES

export const bytes = (most: number) =>
  z
    .base64()
    .min(1)
    .max(Math.ceil(most / 3) * 4)
export const id = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
export const townCode = z.string().regex(/^\d{6}$/)
/** YYYYMMDD, a day that there is. */
export const calendarDate = z
  .string()
  .regex(/^\d{8}$/)
  .refine((day) => {
    const iso = day.replace(/(....)(..)(..)/, '$1-$2-$3')
    const at = Date.parse(iso)
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(iso)
  }, 'Invalid day')
/** What people write: no control characters (PostgreSQL stores no U+0000) and no halves of surrogate pairs. */
export const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u)
export const serial = z.int().min(1).max(0x7fffffff)
/** Of an operator who signed in: 32 bytes, base64url. Whoever has it acts as that operator. */
export const sessionToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
export const sex = z.enum(['1', '2', '9'])
export const kind = z.enum(['sign', 'auth', 'phoneSign', 'phoneAuth'])
export const certificateState = z.enum(['reserved', 'signed', 'active', 'held', 'revoked', 'void'])
export const cardState = z.enum(['applied', 'dispatched', 'setUp', 'delivered', 'suspended', 'abolished'])
export const certificateName = z.strictObject({ issuer: id, serial })
export const certificatePath = z.strictObject({ issuer: id, serial: z.coerce.number().pipe(serial) })
