import { z } from 'zod'
import type { Fault } from './given.ts'
import { textOf, trimmed } from './given-text.ts'
import { context, guid, roleValue, title } from './kinds.ts'
import { nearest } from './nearest.ts'

const text = z
  .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be text, in quotes') })
  .transform(trimmed)
/** Names that have a meaning already. */
const reserved = ['members', 'administrators', 'auditors', 'signed-in']
const gateName = z
  .string()
  .regex(/^[a-z][a-z\d-]{0,39}$/, 'must begin with a letter, and hold a-z, 0-9 and - only, at most 40 of them')
  .refine(value => !reserved.includes(value), `must be none of ${reserved.join(', ')}: they have a meaning already`)

/** What a gate in GATES_FILE may say. */
const fields = {
  name: text.pipe(gateName),
  title: text.pipe(title),
  group: text.pipe(guid).optional(),
  role: text.pipe(roleValue).optional(),
  context: text.pipe(context).optional(),
  selfService: z.boolean('must be true or false, without quotes').optional(),
}
type Field = keyof typeof fields
const examples: Record<Field, string> = {
  name: '"operators"',
  title: '"Payments operators"',
  group: '"eeeeeeee-ffff-4000-8111-222222222222"',
  role: '"Payments.Operate"',
  context: '"c2"',
  selfService: 'false',
}
/** An example of a field, as a file says it. */
export const exampleOf = (field: Field): string => `"${field}": ${examples[field]}`
/** The whole of a file with one gate. */
export const gatesExample = `{"gates":[{${exampleOf('name')}, ${exampleOf('title')}, ${exampleOf('group')}}]}`

const gate = z.strictObject(fields)
const file = z.strictObject({ gates: z.array(z.unknown()) })

/** A gate in GATES_FILE. */
export type FileGate = z.infer<typeof gate>
/** A gate as far as it can be read. `label` names it in faults: `gate "operators"`, or `gate 2` where the name is no good. */
export type FileEntry = {
  label: string
  group?: string | undefined
  role?: string | undefined
  gate?: FileGate | undefined
}

/**
 * Reads the gates in a file, with all faults at once. Each fault names gate and field; none repeats a value, because
 * somebody may have named a file with secrets.
 */
export function readGatesFile(path: string): { entries: readonly FileEntry[]; faults: readonly Fault[] } {
  const list = listIn(path)
  if ('fault' in list) return { entries: [], faults: [list.fault] }
  const names = list.gates.map(raw => read(raw, 'name'))
  const entries = list.gates.map((raw, index) => ({
    label: labelOf(names, index),
    group: read(raw, 'group'),
    role: read(raw, 'role'),
    gate: gate.safeParse(raw).data,
  }))
  const ofGates = list.gates.flatMap((raw, index) => {
    const label = labelOf(names, index)
    return [...sameName(names, index), ...faultsIn(raw)].map(fault => ({ ...fault, wrong: `${label}: ${fault.wrong}` }))
  })
  return { entries, faults: [...list.faults, ...ofGates] }
}

/** A fault of the file. Its example is the whole of a file, where no other is given. */
const faultOf = (wrong: string, example = gatesExample): Fault => ({ name: 'GATES_FILE', wrong, example })
const faultOfField = (field: Field, wrong: string): Fault => faultOf(`${field} ${wrong}`, exampleOf(field))

function listIn(path: string): { gates: unknown[]; faults: Fault[] } | { fault: Fault } {
  if (/^[{[]/.test(path)) return { fault: faultOfPath('must be the name of a file, not what is in it') }
  const content = textOf(path)
  if (content.text === undefined) return { fault: faultOfPath(`names a file that cannot be read (${content.why})`) }
  const json = parsed(content.text)
  if (json === undefined) return { fault: faultOf('names a file that is not JSON') }
  const { data, error } = file.safeParse(json)
  const unknown = error?.issues.find(issue => issue.code === 'unrecognized_keys')?.keys ?? []
  const gates = data?.gates ?? file.shape.gates.safeParse((json as { gates?: unknown } | null)?.gates).data
  if (gates === undefined) return { fault: faultOf('names a file that holds no object with a list "gates"') }
  if (gates.length === 0) return { fault: faultOf('names a file without a gate: write one, or leave GATES_FILE out') }
  return { gates, faults: unknownFields(unknown, ['gates']).map(wrong => faultOf(wrong)) }
}

/** A fault before anything is read. Its example is that of the setting: a path. */
const faultOfPath = (wrong: string): Fault => ({ name: 'GATES_FILE', wrong })

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // The error is dropped, because it quotes the file.
    return undefined
  }
}

/** One field of a gate, read by itself, because others may be wrong. */
const read = (raw: unknown, field: 'name' | 'group' | 'role'): string | undefined =>
  fields[field].safeParse((raw as Record<string, unknown> | null)?.[field]).data

const labelOf = (names: readonly (string | undefined)[], index: number): string => {
  const name = names[index]
  const isOnlyOne = name !== undefined && names.indexOf(name) === names.lastIndexOf(name)
  return isOnlyOne ? `gate "${name}"` : `gate ${index + 1}`
}

function sameName(names: readonly (string | undefined)[], index: number): Fault[] {
  const name = names[index]
  const before = names.indexOf(name)
  if (name === undefined || before === index) return []
  return [faultOfField('name', `is that of gate ${before + 1} too, "${name}": give each gate a name of its own`)]
}

function faultsIn(raw: unknown): Fault[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [faultOf('must be an object')]
  const issues = gate.safeParse(raw).error?.issues ?? []
  const ofFields = (Object.keys(fields) as Field[]).flatMap(field => {
    // The first is enough: what comes after it may only follow from it.
    const issue = issues.find(({ path }) => path[0] === field)
    return issue ? [faultOfField(field, issue.message)] : []
  })
  const unknown = issues.flatMap(issue => (issue.code === 'unrecognized_keys' ? issue.keys : []))
  const isProven = 'group' in raw || 'role' in raw
  return [
    ...ofFields,
    ...(isProven ? [] : [faultOf('group or role is required', exampleOf('group'))]),
    ...unknownFields(unknown, Object.keys(fields)).map(wrong => faultOf(wrong)),
  ]
}

/** What is wrong with fields that do not exist. Only a word is repeated: anything else may be a secret in a wrong place. */
function unknownFields(keys: readonly string[], known: readonly string[]): string[] {
  const wrongs = keys.map(key =>
    /^[a-z][a-z_-]{0,19}$/i.test(key)
      ? `${key} is not a field; the nearest is ${nearest(key, known)}`
      : `has a field that does not exist; there are ${known.join(', ')}`,
  )
  return [...new Set(wrongs)]
}
