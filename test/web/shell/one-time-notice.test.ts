import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { createOneTimeNotices, type OneTimeNotice, withoutNotice } from '../../../src/web/shell/one-time-notice.ts'
import { madeNow, madeRequest } from '../made-request.ts'

const secrets = ['test-0123456789-abcdefghij-KLMNOP', 'test-other-789-abcdefghij-KLMNOP'].map(text => new Secret(text))
const [ours, others] = secrets.map(secret => createSeal([secret])) as [
  ReturnType<typeof createSeal>,
  ReturnType<typeof createSeal>,
]
const said = { text: 'Ana can turn on access.', more: 'Undo from 13:09 UTC.', tone: 'attention' } as const

type Look = { seal?: typeof ours; laterMs?: number; sessionID?: string; change?: (address: string) => string }
/** What a page says to which a form of this session has led with a notice. */
function shown(
  notice: string | OneTimeNotice,
  { path = '/people', seal = ours, laterMs = 0, sessionID = 'one', change = same }: Look & { path?: string } = {},
) {
  const sending = createOneTimeNotices({ seal: ours, clock: () => new Date(madeNow) })
  const address = change(sending.send({ sessionID: 'one' }, path, notice)).split('#')[0]
  const request = Object.assign(madeRequest({ url: address ?? '' }), { sessionID })
  return createOneTimeNotices({ seal, clock: () => new Date(madeNow + laterMs) }).shownTo(request)
}
const same = (address: string) => address

describe('a notice is shown', () => {
  test('as a text, or with all that it has', () => {
    expect(shown('Done.')).toEqual({ text: 'Done.' })
    const whole = { ...said, links: [{ label: 'See the record', href: '/trail/81' }] }
    expect(shown(whole)).toEqual(whole)
  })

  test.each(['/people?person=Ana', '/people#row-2', '/people?person=Ana#row-2', '/people/7/end'])(
    'at %s, which stays as it is otherwise',
    path => {
      expect(shown(said, { path })).toEqual(said)
      const { send } = createOneTimeNotices({ seal: ours, clock: () => new Date(madeNow) })
      const address = send({ sessionID: 'one' }, path, said)
      expect(withoutNotice(address.split('#')[0] ?? '')).toBe(path.split('#')[0])
      expect(address.split('#')[1]).toBe(path.split('#')[1])
    },
  )

  test('in every order and with every filter of the same page', () => {
    expect(shown(said, { change: address => address.replace('?', '?sort=name&') })).toEqual(said)
  })

  test.each([0, 59_999, -29_999])('while it is young: %i ms later', laterMs => {
    expect(shown(said, { laterMs })).toEqual(said)
  })

  test('as often as somebody looks within that time: to look spends nothing', () => {
    const { send, shownTo } = createOneTimeNotices({ seal: ours, clock: () => new Date(madeNow) })
    const request = Object.assign(madeRequest({ url: send({ sessionID: 'one' }, '/people', said) }), {
      sessionID: 'one',
    })
    expect([shownTo(request), shownTo(request)]).toEqual([said, said])
  })
})

describe('a notice is not shown', () => {
  test.each([60_000, 86_400_000, -30_000])('in a tab that comes back %i ms later', laterMs => {
    expect(shown(said, { laterMs })).toBeUndefined()
  })
  test('in another session', () => {
    expect(shown(said, { sessionID: 'other' })).toBeUndefined()
  })
  test('on another page', () => {
    expect(shown(said, { change: address => address.replace('/people', '/trail') })).toBeUndefined()
    expect(shown(said, { change: address => address.replace('/people', '/people/7') })).toBeUndefined()
  })
  test('when another secret sealed it', () => {
    expect(shown(said, { seal: others })).toBeUndefined()
  })
  test('when it was changed', () => {
    expect(shown(said, { change: address => address.slice(0, -2) })).toBeUndefined()
  })
  test.each(['', '?notice', '?notice=', '?notice=Your+access+has+ended', '?notice=1.a.b&notice=1.a.b'])(
    'where none was sent: %s',
    query => {
      expect(shown(said, { change: () => `/people${query}` })).toBeUndefined()
    },
  )
  test('when a later release wrote it', () => {
    expect(shown({ text: 7 } as never)).toBeUndefined()
  })
})

test('a notice that came twice is not read', () => {
  const { send, shownTo } = createOneTimeNotices({ seal: ours, clock: () => new Date(madeNow) })
  const sealed = new URL(send({ sessionID: 'one' }, '/people', said), 'http://x').searchParams.get('notice')
  const request = madeRequest({ url: '/people', query: { notice: [sealed, sealed] } as never })
  expect(shownTo(Object.assign(request, { sessionID: 'one' }))).toBeUndefined()
})

test('a text is cut, so that the address stays short', () => {
  const notice = shown({ text: 'a'.repeat(301), more: 'b'.repeat(300) })
  expect(notice).toEqual({ text: `${'a'.repeat(299)}…`, more: 'b'.repeat(300) })
  const { send } = createOneTimeNotices({ seal: ours, clock: () => new Date(madeNow) })
  const longest = { text: '😀'.repeat(400), more: '😀'.repeat(400), tone: 'attention' } as const
  expect(send({ sessionID: 'one' }, '/people', longest).length).toBeLessThan(2_000)
})

test.each([
  ['/people', '/people'],
  ['/people?notice=1.a.b', '/people'],
  ['/people?sort=%20&notice=1.a.b&page=2', '/people?sort=%20&page=2'],
  ['/people?notices=1&x', '/people?notices=1&x'],
  ['/people?', '/people?'],
])('%s without its notice is %s', (address, without) => {
  expect(withoutNotice(address)).toBe(without)
})
