import { exampleOf, type FileEntry, type FileGate, gatesExample } from './gates-file.ts'
import type { Fault, Name, Values } from './given.ts'
import { type Settings, settings } from './settings.ts'

/** A gate: whom it lets in, and what it is called. It has a group, a role or both. */
export type GateSettings = {
  /** What pages call it, e.g. `operators`. */
  name: string
  /** Its name as people read it. */
  title: string
  /** Object id of the PIM-managed group, in lower case. */
  groupId?: string
  /** The app role that proves the membership instead of the group; the group, if there is one, carries it. */
  role?: string
  /** Authentication context that its members must have satisfied in their session: c1 to c99. */
  context?: string
  /** Whether people turn on their own membership here. */
  selfService: boolean
}

/** The name of the gate that ACCESS_GROUP_ID describes. Every Gatehouse has it. */
export const membersGate = 'members'
/** The name of the gate that ADMIN_GROUP_ID describes. Its members give and take access at all gates. */
export const administratorsGate = 'administrators'

/** Graph's `checkMemberGroups` takes as many groups in one call. */
const most = 20

/** The gates that settings of their own describe, and those settings. */
const own = [
  { gate: 'members', group: 'ACCESS_GROUP_ID', role: 'ACCESS_ROLE' },
  { gate: 'administrators', group: 'ADMIN_GROUP_ID' },
  { gate: 'auditors', group: 'AUDITOR_GROUP_ID' },
] as const satisfies { gate: string; group: Name; role?: Name }[]

/** Where the group of a gate was given, as the lines for operators name it. */
export const groupSettingOf = ({ name }: GateSettings): string =>
  own.find(({ gate }) => gate === name)?.group ?? `GATES_FILE gate "${name}": group`

/** How an operator makes a gate of this name, as the lines for operators say it. */
export function howToDescribe(name: string): string {
  const setting = own.find(({ gate }) => gate === name)?.group
  return setting === undefined ? 'add it to GATES_FILE' : `set ${setting}`
}

/** All gates: `members` first, then `administrators` and `auditors` where they are set, then those of GATES_FILE in its order. */
export function gatesFrom(read: Settings, entries: readonly FileEntry[]): readonly [GateSettings, ...GateSettings[]] {
  const finish = (described: FileGate) => finished(described, { selfService: read.PIM_SELF_SERVICE })
  const context = read.ADMIN_AUTH_CONTEXT_ID ?? read.AUTH_CONTEXT_ID
  const { ACCESS_GROUP_ID: group, ADMIN_GROUP_ID: administrators, AUDITOR_GROUP_ID: auditors } = read
  const members = { name: 'members', title: read.ACCESS_GROUP_NAME ?? group, group }
  return [
    finish({ ...members, role: read.ACCESS_ROLE, context: read.AUTH_CONTEXT_ID }),
    ...named('administrators', administrators, read.ADMIN_GROUP_NAME).map(each => finish({ ...each, context })),
    ...named('auditors', auditors, read.AUDITOR_GROUP_NAME).map(each => finish({ ...each, context })),
    ...entries.flatMap(({ gate }) => (gate ? [finish(gate)] : [])),
  ]
}

const named = (name: string, group: string | undefined, title = group) =>
  group === undefined || title === undefined ? [] : [{ name, group, title }]

function finished(described: FileGate, isOn: { selfService: boolean }): GateSettings {
  const { name, title, group, role, context, selfService } = described
  return {
    name,
    title,
    ...(group !== undefined && { groupId: group }),
    ...(role !== undefined && { role }),
    ...(context !== undefined && { context }),
    selfService: isOn.selfService && group !== undefined && selfService !== false,
  }
}

/** The faults of all gates together, where each by itself may be good. */
export function gateFaults(values: Values, entries: readonly FileEntry[]): Fault[] {
  const inAll = own.filter(({ group }) => values[group] !== undefined).length + entries.length
  const wrong = `names a file with too many gates: ${inAll} in all, with those of other settings, and ${most} at most`
  const tooMany: Fault = { name: 'GATES_FILE', wrong, example: gatesExample }
  return [...(inAll > most ? [tooMany] : []), ...claimedTwice([...ownClaims(values), ...entries.flatMap(fileClaims)])]
}

/** A group or role that a gate has, and how a line names that gate. */
type Claim = { what: 'group' | 'role'; value: string; gate: string; fault: (wrong: string) => Fault }

function ownClaims(values: Values): Claim[] {
  return own.flatMap(({ gate, ...named }) =>
    Object.entries(named).flatMap(([what, setting]) => {
      // Read by itself, because other settings may be wrong.
      const value = settings[setting].safeParse(values[setting]).data
      const fault = (wrong: string): Fault => ({ name: setting, wrong })
      const as = `the gate "${gate}" (${setting})`
      return value === undefined ? [] : [{ what: what as Claim['what'], value, gate: as, fault }]
    }),
  )
}

const fileClaims = ({ label, ...entry }: FileEntry): Claim[] =>
  (['group', 'role'] as const).flatMap(what => {
    const value = entry[what]
    const example = exampleOf(what)
    const fault = (wrong: string): Fault => ({ name: 'GATES_FILE', wrong: `${label}: ${what} ${wrong}`, example })
    return value === undefined ? [] : [{ what, value, gate: label, fault }]
  })

function claimedTwice(claims: readonly Claim[]): Fault[] {
  return claims.flatMap(({ what, value, fault }, index) => {
    const before = claims.slice(0, index).find(other => other.what === what && other.value === value)
    return before ? [fault(`is that of ${before.gate} too: give each gate a ${what} of its own`)] : []
  })
}
