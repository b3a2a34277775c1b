import { expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { createGroupLists } from '../../../src/entra/pim/group-lists.ts'

const groupId = 'aaaaaaaa-1111-4222-8333-444444444444'
const ana = 'bbbbbbbb-1111-4222-8333-444444444444'
const ofAna = { accessId: 'Member', groupId: groupId.toUpperCase(), principalId: ana.toUpperCase() }
const at = '2026-03-02T12:00:00Z'
const ms = Date.parse(at)

/** The lists of a group for which Graph lists this, and the paths that were asked for. */
function openLists(rows: unknown[]) {
  const paths: string[] = []
  const list = async (path: string) => {
    paths.push(decodeURIComponent(path))
    return rows
  }
  return { ...createGroupLists({ graph: { list }, base: '/pim', groupId }), paths }
}

test('a row of access says whose it is, from when, until when, and how it came about, in whichever case', async () => {
  const row = { ...ofAna, startDateTime: at, endDateTime: at, assignmentType: 'Activated', memberType: 'Group' }
  const { active, paths } = openLists([{ ...row, assignmentScheduleId: 'schedule' }])
  expect(await active('token')).toEqual([
    { principalId: ana, from: ms, until: ms, kind: 'activated', isThroughGroup: true, scheduleId: 'schedule' },
  ])
  expect(paths).toEqual([`/pim/assignmentScheduleInstances?$filter=groupId eq '${groupId}'`])
})

test('a row may have no beginning and no end, and a kind that is not known is an assignment', async () => {
  const { active } = openLists([{ ...ofAna, startDateTime: null, endDateTime: null, assignmentType: 'other' }])
  expect(await active('token')).toEqual([{ principalId: ana, kind: 'assigned', isThroughGroup: false }])
})

test('what somebody may turn on has no kind', async () => {
  const { eligible, paths } = openLists([{ ...ofAna, startDateTime: at, memberType: 'direct' }])
  expect(await eligible('token')).toEqual([{ principalId: ana, from: ms, isThroughGroup: false }])
  expect(paths[0]).toContain('/pim/eligibilityScheduleInstances?')
})

test.each([
  ['owners', { accessId: 'owner' }],
  ['another group', { groupId: ana }],
])('rows of %s are passed over', async (_, more) => {
  expect(await openLists([{ ...ofAna, ...more }]).active('token')).toEqual([])
})

test.each([
  ['an end that is no instant', { endDateTime: 'soon' }],
  ['no person', { principalId: undefined }],
  ['a beginning without a zone', { startDateTime: '2026-03-02T12:00:00' }],
])('a row with %s makes the list none', async (_, more) => {
  await expect(openLists([{ ...ofAna, ...more }]).active('token')).rejects.toThrow(GraphRefusal)
})

test('a request has its schedule, of assignments and of eligibilities', async () => {
  const row = { ...ofAna, id: 'r', action: 'selfActivate', status: 'Provisioned', createdDateTime: at }
  const { requests, grants, paths } = openLists([
    { ...row, targetScheduleId: 'schedule', justification: 'Refund 8841' },
  ])
  const found = { id: 'r', principalId: ana, action: 'selfactivate', status: 'provisioned', createdAt: ms }
  expect(await requests('token')).toEqual([{ ...found, reason: 'Refund 8841', scheduleId: 'schedule' }])
  expect(await grants('token')).toHaveLength(1)
  expect(paths.map(path => path.split('?')[0])).toEqual([
    '/pim/assignmentScheduleRequests',
    '/pim/eligibilityScheduleRequests',
  ])
})

test('a member of the group is a person, a group or an application, with the names that may be read', async () => {
  const { members, paths } = openLists([
    {
      '@odata.type': '#microsoft.graph.user',
      id: ana,
      displayName: 'Ana Costa',
      userPrincipalName: 'ana@contoso.example',
    },
    { '@odata.type': '#microsoft.graph.group', id: groupId, displayName: 'Visiting team' },
    { '@odata.type': '#microsoft.graph.servicePrincipal', id: ana, displayName: null },
  ])
  expect(await members('token')).toEqual([
    { id: ana, kind: 'person', name: 'Ana Costa', username: 'ana@contoso.example' },
    { id: groupId, kind: 'group', name: 'Visiting team' },
    { id: ana, kind: 'application' },
  ])
  expect(paths[0]).toMatch(/^\/groups\/aaaaaaaa.*\/members\?.*\$top=999$/)
})
