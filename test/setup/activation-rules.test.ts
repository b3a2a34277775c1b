import { expect, test } from 'vitest'
import { approversOf, contextOf, demandsOf, longestActivation } from '../../src/setup/facts/activation-rules.ts'
import { UnseenFact } from '../../src/setup/facts/fact.ts'
import { ids, rulesOf } from './sound.ts'

const policyWith = (wish: Parameters<typeof rulesOf>[0]) => ({ isChanged: true, rules: rulesOf(wish) })
const typed = (name: string) => ({ '@odata.type': `#microsoft.graph.${name}` })

test('approvers are read in every spelling that was seen', () => {
  const approvers = [
    { ...typed('singleUser'), userId: ids.ada },
    { ...typed('singleUser'), id: ids.ben },
    { ...typed('GroupMembers'), groupId: ids.members },
    { ...typed('groupMembers'), id: ids.standing },
    { userId: ids.lena.toUpperCase() },
    { groupId: ids.emergency },
  ]
  expect(approversOf(policyWith({ approvers }))).toEqual([
    { kind: 'user', id: ids.ada },
    { kind: 'user', id: ids.ben },
    { kind: 'group', id: ids.members },
    { kind: 'group', id: ids.standing },
    { kind: 'user', id: ids.lena },
    { kind: 'group', id: ids.emergency },
  ])
})

test.each([[{}], [{ ...typed('singleUser') }], [{ ...typed('internalSponsors'), id: ids.ada }]])(
  'an approver that cannot be read is no approver that is missing: %j',
  approver => {
    expect(() => approversOf(policyWith({ approvers: [approver] }))).toThrow(
      new UnseenFact('PIM’s rule about approval cannot be read.', 'Look at the settings of the group in PIM.'),
    )
  },
)

test('without a need for approval the named approvers do not count', () => {
  expect(approversOf(policyWith({}))).toBeUndefined()
})

test('the demands are told as PIM means them, in whatever case', () => {
  expect(demandsOf(policyWith({ demands: ['JUSTIFICATION', 'ticketing'] }))).toEqual(['justification', 'ticketing'])
  expect(contextOf(policyWith({ context: 'c7' }))).toBe('c7')
  expect(longestActivation(policyWith({ hours: 'P1D' }))).toBe(1440)
})

test.each([
  ['the longest activation', longestActivation],
  ['what people give to turn on access', demandsOf],
  ['the authentication context', contextOf],
  ['approval', approversOf],
])('a rule that is not there is not taken for PIM’s default: %s', (what, read) => {
  expect(() => read({ isChanged: true, rules: new Map() })).toThrow(`PIM’s rule about ${what} cannot be read.`)
})
