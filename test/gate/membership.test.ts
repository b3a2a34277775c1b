import { expect, test } from 'vitest'
import { membershipFrom } from '../../src/gate/membership.ts'

const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const other = 'e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19'
const provenAt = new Date('2026-03-02T12:00:00Z')

test.each([
  ['the group alone', [groupId], true],
  ['the group among others', [other, groupId], true],
  ['the group in capitals', [groupId.toUpperCase()], true],
  ['no groups', [], false],
  ['another group', [other], false],
  ['a text that holds the id', [`${groupId}x`, ` ${groupId}`, `{${groupId}}`], false],
  ['the id without dashes', [groupId.replaceAll('-', '')], false],
  ['an empty text', [''], false],
])('%s: %j is a member: %s', (_what, groups, member) => {
  expect(membershipFrom(groups, { groupId, provenAt })).toEqual({ member, provenAt: provenAt.getTime() })
})

test('a group id set in capitals is the same group', () => {
  expect(membershipFrom([groupId], { groupId: groupId.toUpperCase(), provenAt })).toMatchObject({ member: true })
})

test('more groups than a token can list say nothing', () => {
  expect(membershipFrom('overage', { groupId, provenAt })).toBe('unknown')
})
