import { z } from 'zod'

// The kinds of values in tenant.json. The message of a fault follows the path of its field.

/** The message for a value that is missing or of a wrong type. */
const must = (what: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? 'is required' : what),
})

/** A text that people read: no blanks around it, not empty, not endless. */
const text = (most: number) =>
  z
    .string(must('must be text, in quotes'))
    .refine(value => value.trim() === value && value !== '', 'must not be empty, and not begin or end with a blank')
    .refine(value => !/\p{Cc}/u.test(value), 'must be one line, without tabs and other control characters')
    .refine(value => value.length <= most, `must have at most ${most} characters`)

/** The name of an object of the tenant, or its object id. */
export const nameOrId = text(120)

/** What administrators read as the reason for an assignment. */
export const reason = text(500)

/** An object id, in lower case. */
export const guid = z
  .string(must('must be text, in quotes'))
  .pipe(z.guid('must be a GUID').transform(value => value.toLowerCase()))

/** A user name, or an object id. In lower case, because Entra takes any, and one person has one name here. */
export const person = z
  .string(must('must be text, in quotes'))
  .regex(
    /^(?:[^\s@]+@[^\s@]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i,
    'must be a user name like ada@contoso.example, or an object id',
  )
  .transform(value => value.toLowerCase())

/** An address that mails are sent to. */
export const mail = z.string(must('must be text, in quotes')).regex(/^[^\s@]+@[^\s@]+$/, 'must be a mail address')

/** c1 to c99. */
export const contextId = z.string(must('must be text, in quotes')).regex(/^c[1-9]\d?$/, 'must be one of c1 to c99')

/** How pages and settings call a gate. */
export const gateName = z
  .string(must('must be text, in quotes'))
  .regex(/^[a-z][a-z\d-]{0,39}$/, 'must begin with a letter, and hold a-z, 0-9 and - only, at most 40 of them')
  .refine(value => value !== 'signed-in', 'must not be signed-in: that has a meaning already')

/** The value of an app role. Source: https://learn.microsoft.com/graph/api/resources/approle */
export const roleValue = z
  .string(must('must be text, in quotes'))
  .regex(
    /^[\w!#$%&'()*+,\-/:;<=>?@[\]^`{|}~][\w!#$%&'()*+,\-./:;<=>?@[\]^`{|}~]{0,119}$/,
    'must be at most 120 letters, digits and marks, without blanks',
  )

export const onOff = z.boolean(must('must be true or false, without quotes'))

/** One of these words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, must(`must be one of ${words.join(', ')}`))

/** A list whose members are judged each by itself. */
export const listOf = <Kind extends z.ZodType>(kind: Kind) => z.array(kind, must('must be a list, in [ ]'))

/** An object with these fields and no others. */
export const objectOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, must('must be an object, in { }'))

/** Hours, in steps of half an hour, as PIM counts them. */
export const hours = z
  .number(must('must be a number, without quotes'))
  .refine(value => value >= 0.5 && value <= 24, 'must be from 0.5 to 24')
  .refine(value => value < 0.5 || value > 24 || Number.isInteger(value * 2), 'must be whole or half hours')

/** Months that a client secret lives. */
export const months = z
  .int(must('must be a whole number, without quotes'))
  .refine(value => value >= 1 && value <= 24, 'must be from 1 to 24')

/** The public address of the application: https, but for this machine itself. */
export const origin = z
  .string(must('must be text, in quotes'))
  .refine(isOrigin, 'must be https:// and a host, without a path (http:// for localhost only)')

function isOrigin(value: string): boolean {
  const url = URL.parse(value)
  if (url === null || url.origin !== value) return false
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  )
}

/** The address of an issuer of tokens. */
export const issuer = z
  .string(must('must be text, in quotes'))
  .refine(value => URL.parse(value)?.protocol === 'https:', 'must be an address that begins with https://')

/** An instant, from a day (until it ends, in UTC) or an instant with its zone. */
export const instant = z.string(must('must be text, in quotes')).transform((value, context) => {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value)
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(value)
  const at = new Date(isDay ? `${value}T23:59:59Z` : value)
  // 31 February would silently be some day in March.
  const isInCalendar = new Date(`${value.slice(0, 10)}T00:00:00Z`).toJSON()?.startsWith(value.slice(0, 10)) === true
  if ((isDay || isInstant) && isInCalendar && !Number.isNaN(at.getTime())) return at.toISOString().replace('.000Z', 'Z')
  context.addIssue('must be a day like 2027-11-29, or an instant with its zone like 2027-11-29T17:00:00Z')
  return z.NEVER
})

/** The name of a file. */
export const file = text(400)
