import { describe, expect, test } from 'vitest'
import type { GroupRequest } from '../../../src/entra/pim/group-lists.ts'
import type { CameIn, WentOut } from '../../../src/gate/observing/observed.ts'
import { seenInOf, seenOutOf } from '../../../src/gate/observing/why.ts'
import { now as noon } from '../memberships.ts'

const iso = (at: number) => new Date(at).toISOString()
const minute = 60_000
const ana = { id: 'ana', name: 'Ana Costa', username: 'ana@contoso.example' }
const ada = { id: 'ada', name: 'Ada', username: 'ada@contoso.example' }
const requested = (more: Partial<GroupRequest> = {}): GroupRequest => ({
  id: 'r-1',
  principalId: 'ana',
  action: 'selfactivate',
  status: 'provisioned',
  createdAt: noon,
  reason: 'Refund 8841',
  ticket: 'INC-20931',
  createdBy: ana,
  ...more,
})
const came: CameIn = {
  kind: 'in',
  objectId: 'ana',
  since: noon,
  until: noon + minute,
  source: 'turned-on',
  scheduleId: 's-1',
}
const went: WentOut = { kind: 'out', objectId: 'ana', since: noon, until: noon + minute, ranOut: false }
const named = { objectId: 'ana', name: 'Ana Costa', username: 'ana@contoso.example' }

describe('who came in', () => {
  test('is told with the reason and ticket of the request, and with a name where it is their own', () => {
    expect(seenInOf('members', { ...came, first: true, continues: true }, [requested()])).toEqual({
      gate: 'members',
      subject: named,
      since: iso(noon),
      until: iso(noon + minute),
      source: 'turned-on',
      first: true,
      continues: true,
      request: 'r-1',
      reason: 'Refund 8841',
      ticket: 'INC-20931',
    })
  })

  test('is told with who assigned them, and without a name', () => {
    const found = seenInOf('members', came, [requested({ action: 'adminassign', createdBy: ada })])
    const by = { objectId: 'ada', name: 'Ada', username: 'ada@contoso.example' }
    expect([found.subject, found.by]).toEqual([{ objectId: 'ana' }, by])
  })

  test.each<[what: string, requests: Partial<GroupRequest>[], request: string | undefined]>([
    [
      'that names the schedule, however long ago',
      [{ id: 'x' }, { scheduleId: 's-1', createdAt: noon - 90 * minute }],
      'r-1',
    ],
    ['about the schedule that is newest', [{ id: 'new', scheduleId: 's-1' }, { scheduleId: 's-1' }], 'new'],
    ['that began nearest to the period', [{ id: 'x', createdAt: noon - minute }, { createdAt: noon + 1 }], 'r-1'],
    ['whose planned beginning is that of the period', [{ startsAt: noon, createdAt: noon - 90 * minute }], 'r-1'],
    ['that was granted when the period began', [{ completedAt: noon, createdAt: noon - 90 * minute }], 'r-1'],
    ['that began two minutes away', [{ createdAt: noon - 2 * minute }], 'r-1'],
    ['none that began longer away', [{ createdAt: noon - 2 * minute - 1 }], undefined],
    ['none of another person', [{ principalId: 'ben' }], undefined],
    ['none that ended access', [{ action: 'selfdeactivate' }], undefined],
    ['none that came to nothing', [{ status: 'denied' }, { status: 'canceled' }, { status: 'failed' }], undefined],
    ['none that waits', [{ status: 'pendingapproval' }, { status: 'pendingadmindecision' }], undefined],
  ])('by the request %s', (_what, requests, request) => {
    expect(seenInOf('members', came, requests.map(requested)).request).toBe(request)
  })

  test('past PIM has no request', () => {
    const found = seenInOf('members', { kind: 'in', objectId: 'ana', since: noon, source: 'outside-pim' }, [
      requested(),
    ])
    expect(found).toEqual({ gate: 'members', subject: { objectId: 'ana' }, since: iso(noon), source: 'outside-pim' })
  })
})

describe('who is out', () => {
  const ended = (more: Partial<GroupRequest> = {}) =>
    requested({ id: 'r-2', action: 'adminremove', status: 'revoked', ...more })

  test('was removed, with the reason and by whom', () => {
    const by = { objectId: 'ada', name: 'Ada', username: 'ada@contoso.example' }
    expect(seenOutOf('members', went, [requested(), ended({ createdBy: ada })])).toEqual({
      gate: 'members',
      subject: { objectId: 'ana' },
      since: iso(noon),
      until: iso(noon + minute),
      how: 'removed',
      request: 'r-2',
      reason: 'Refund 8841',
      by,
    })
  })

  test('ended it themselves', () => {
    const found = seenOutOf('members', went, [ended({ action: 'selfdeactivate' })])
    expect([found.how, found.subject, found.by]).toEqual(['ended', named, undefined])
  })

  test('ran out, whatever was asked for', () => {
    expect(seenOutOf('members', { ...went, ranOut: true }, [ended()])).toMatchObject({ how: 'ran-out' })
  })

  test.each<[string, Partial<GroupRequest>]>([
    ['before the period', { createdAt: noon - 1 }],
    ['of another person', { principalId: 'ben' }],
    ['that came to nothing', { status: 'failed' }],
    ['to turn it on', { action: 'selfactivate' }],
  ])('is told without a reason where there is only a request %s', (_what, more) => {
    expect(seenOutOf('members', went, [ended(more)])).toEqual({
      gate: 'members',
      subject: { objectId: 'ana' },
      since: iso(noon),
      until: iso(noon + minute),
      how: 'unknown',
    })
  })
})
