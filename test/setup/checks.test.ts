import { describe, expect, test } from 'vitest'
import { setupChecks } from '../../src/setup/checks.ts'
import type { GroupOfGate } from '../../src/setup/facts/gate.ts'
import {
  both,
  type Change,
  inConditions,
  inGrant,
  inGroup,
  inRegistration,
  inUsers,
  leavingOut,
  list,
  withRules,
} from './cases/changes.ts'
import { rightCases } from './cases/right.ts'
import { untoldCases } from './cases/untold.ts'
import { wrongCases } from './cases/wrong.ts'
import { activeOf, eligibleOf, ids, inDays, judgedAll, person, soundExpected, soundFacts } from './sound.ts'

function judgedAfter(change: Change) {
  const [facts, expected] = [soundFacts(), soundExpected()]
  change(facts, expected)
  return judgedAll(facts, expected)
}
const wrongIn = (judged: ReturnType<typeof judgedAll>) =>
  [...judged].filter(([, { verdict }]) => verdict === 'wrong').map(([name]) => name)

test('a tenant in order: every check is right, and has nothing to mend', () => {
  const judged = judgedAll(soundFacts(), soundExpected())
  expect([...judged].filter(([, { verdict }]) => verdict !== 'right')).toEqual([])
  expect([...judged.values()].filter(({ fix, what }) => fix !== '' || !what.endsWith('.'))).toEqual([])
})

describe('each fault is named by its check, and by no other', () => {
  test.each(wrongCases)('%s: %s', (_what, check, change) => {
    const judged = judgedAfter(change)
    expect(wrongIn(judged)).toEqual([check])
    expect(judged.get(check)).toMatchObject({ what: expect.stringMatching(/\.$/), fix: expect.stringMatching(/.+\.$/) })
  })

  test('and every check has one', () => {
    const named = new Set(wrongCases.map(([, check]) => check))
    expect(setupChecks.map(({ name }) => name).filter(name => !named.has(name))).toEqual([])
  })
})

describe('what is no fault is right', () => {
  test.each(rightCases)('%s: %s', (_what, check, change) => {
    expect(judgedAfter(change).get(check)).toMatchObject({ verdict: 'right', fix: '' })
  })
})

describe('what is not certain is not told', () => {
  test.each(untoldCases)('%s: %s', (_what, check, change) => {
    const judged = judgedAfter(change)
    expect(judged.get(check)).toMatchObject({ verdict: 'cannot-tell', fix: expect.stringMatching(/.+\.$/) })
    expect(wrongIn(judged)).toEqual([])
  })
})

describe('what a finding says', () => {
  const said: [string, Change, string | RegExp][] = [
    ['assignment-required', () => {}, 'Entra lets in more people than the active members: the helpful front door.'],
    [
      'credential-present',
      (_facts, expected) => Object.assign(expected, { credential: 'federated' }),
      'The application uses a federated credential, and the registration has none.',
    ],
    [
      'secret-expiring',
      inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(12) + 1 }] })),
      'The last client secret runs out in 12 days.',
    ],
    [
      'certificate-expiring',
      both(
        (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
        inRegistration(each => Object.assign(each, { keyCredentials: [{ endDateTime: inDays(-2) }] })),
      ),
      'Every certificate has expired.',
    ],
    [
      'certificate-expiring',
      both(
        (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
        inRegistration(each => Object.assign(each, { keyCredentials: [{ endDateTime: inDays(0) }] })),
      ),
      'The last certificate runs out in 0 days.',
    ],
    [
      'groups-assigned',
      ({ gates }) => Object.assign((gates[0] as GroupOfGate).gate, { role: 'Payments.Access' }),
      'The group of the gate members is not assigned to the enterprise application with the role Payments.Access.',
    ],
    [
      'groups-assigned',
      ({ assigned }) => list(assigned).splice(0, 1),
      'The group of the gate members is not assigned to the enterprise application.',
    ],
    [
      'permissions-missing',
      ({ granted }) => {
        for (const row of list(granted)) row.resourceId = ids.lena
      },
      /^Permissions are missing for the roster \(/,
    ],
    [
      'permissions-missing',
      ({ granted }) => list(granted).shift(),
      'Permissions are missing for the roster (PrivilegedAssignmentSchedule.Read.AzureADGroup).',
    ],
    [
      'policy-strength',
      inGrant({ builtInControls: ['mfa', 'compliantdevice'], authenticationStrength: null }),
      'The policy "Protects c1" demands mfa or compliantdevice in place of a strength.',
    ],
    [
      'policy-strength',
      inGrant({ builtInControls: ['block'], authenticationStrength: null }),
      'The policy "Protects c1" blocks everybody.',
    ],
    [
      'policy-strength',
      inGrant({ authenticationStrength: { id: 'x', displayName: 'Ours', allowedCombinations: ['password,sms'] } }),
      'The policy "Protects c1" takes password,sms as enough (Ours).',
    ],
    [
      'policy-grant-or',
      inGrant({ customAuthenticationFactors: ['x'], termsOfUse: ['y'] }),
      'The policy "Protects c1" takes a custom control or terms of use in place of its strength.',
    ],
    [
      'policy-scope',
      inUsers({ includeUsers: [], includeGroups: ['other', ids.members] }),
      /is about the group of a gate: who turns on access is not in it yet/,
    ],
    [
      'policy-scope',
      leavingOut({ value: { ids: [ids.lena, ids.ben, ids.ada], isWhole: true } }),
      /^The policy "Protects c1" leaves out the group "Emergency access", and people of the gates are in it: 2\./,
    ],
    ['policy-scope', inUsers({ excludeUsers: [ids.ben, ids.lena] }), /leaves out people of a gate: 1\.$/],
    ['policy-scope', inUsers({ includeUsers: [], includeGroups: ['other'] }), /is not about all users/],
    [
      'policy-conditions',
      inConditions({ platforms: {}, clientAppTypes: ['other'] }),
      /only: platforms, clientAppTypes\.$/,
    ],
    [
      'context-published',
      (_facts, expected) => {
        expected.gates = expected.gates.map(gate => ({ ...gate, activationContext: 'c3' }))
      },
      'The authentication context c3 does not exist.',
    ],
    ['approvers', withRules({ approvers: [] }), 'The group Payments members needs approval and names no approver.'],
    [
      'permanent-eligibilities',
      inGroup(({ eligible }) => void list(eligible).push(eligibleOf(ids.lena, null))),
      `People can turn on access to the group Payments members without an end: ${ids.lena}.`,
    ],
    [
      'group-owners',
      both(
        (_facts, expected) => {
          delete expected.owners
        },
        inGroup(group => Object.assign(group, { owners: { value: ['a', 'b', 'c', 'd', 'e', 'f'].map(person) } })),
      ),
      'The group Payments members has 6 owners: a, b, c, 3 more.',
    ],
  ]
  test.each(said)('%s', (check, change, what) => {
    const found = judgedAfter(change).get(check)?.what
    if (typeof what === 'string') expect(found).toBe(what)
    else expect(found).toMatch(what)
  })
})

test('a fault at one gate counts although another gate cannot be seen', () => {
  const judged = judgedAfter(
    both(withRules({ hours: 'PT9H' }), ({ gates }) => {
      ;(gates[1] as GroupOfGate).policy = { unseen: 'No.', remedy: 'Yes.' }
    }),
  )
  expect(judged.get('activation-length')?.verdict).toBe('wrong')
})

test('a name from the tenant cannot command a terminal', () => {
  const judged = judgedAfter(
    inGroup(group => {
      const members = list(group.members)
      members.push({ ...person(ids.lena), displayName: '\u001b[2JLena\n\u202e' })
      group.active = { value: [activeOf(ids.ben)] }
    }),
  )
  expect(judged.get('members-outside-pim')?.what).toBe(
    'The group Payments members has members whom PIM does not know: [2JLena.',
  )
})

test('names are stable words, each once, and every check says why it matters', () => {
  const names = setupChecks.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, why } of setupChecks) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(why).toMatch(/^[A-Z].*\.$/)
  }
})
