import type { Fact } from './fact.ts'
import type { SetupFacts } from './facts.ts'
import type { GroupOfGate } from './gate.ts'
import { isA, type Principal } from './kinds.ts'

/** The same facts without the names of people, for findings that go into a log: people stand there by their object ids. */
export const peopleById = (facts: SetupFacts): SetupFacts => ({
  ...facts,
  assigned: eachOf(facts.assigned, row => ({ ...row, principalDisplayName: null })),
  otherAssigned: facts.otherAssigned.map(group => ({ ...group, members: eachOf(group.members, byId) })),
  gates: facts.gates.map(groupById),
})

const groupById = (group: GroupOfGate): GroupOfGate => ({
  ...group,
  owners: eachOf(group.owners, byId),
  members: eachOf(group.members, byId),
})

const byId = (row: Principal): Principal => (isA('user', row) ? { ...row, displayName: undefined } : row)
const eachOf = <T>(fact: Fact<T[]>, change: (row: T) => T): Fact<T[]> =>
  'value' in fact ? { value: fact.value.map(change) } : fact
