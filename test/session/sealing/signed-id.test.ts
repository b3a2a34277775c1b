import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { signedId } from '../../../src/session/sealing/signed-id.ts'

const sign = (id: string, secret: string) => createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
const id = 'Id_of-a-session'
const good = sign(id, 'ours')

test('an id that our secret signed is known', () => {
  expect(signedId(`s:${id}.${good}`, ['ours'])).toBe(id)
})

test('an id that one of several secrets signed is known', () => {
  expect(signedId(`s:${id}.${good}`, ['newer', 'ours'])).toBe(id)
})

test('a signature may hold every letter of base64', () => {
  const ids = Array.from({ length: 50 }, (_, index) => `id-${index}`)
  expect(ids.map(each => signedId(`s:${each}.${sign(each, 'ours')}`, ['ours']))).toEqual(ids)
})

const refused: [what: string, value: string | undefined][] = [
  ['no cookie', undefined],
  ['an empty cookie', ''],
  ['a signature of another secret', `s:${id}.${sign(id, 'theirs')}`],
  ['a signature of another id', `s:${id}.${sign('another', 'ours')}`],
  ['a signature that is cut short', `s:${id}.${good.slice(0, -1)}`],
  ['a signature that is too long', `s:${id}.${good}A`],
  ['a signature with its padding', `s:${id}.${good}=`],
  ['no signature', `s:${id}`],
  ['no id', `s:.${sign('', 'ours')}`],
  ['something before it', `xs:${id}.${good}`],
  ['something behind it', `s:${id}.${good} `],
  ['an id with a stranger’s letters', `s:${id}%.${sign(`${id}%`, 'ours')}`],
  ['an id alone', id],
]
test.each(refused)('a cookie with %s names no session', (_what, value) => {
  expect(signedId(value, ['ours'])).toBeUndefined()
})

test('without a secret no id is known', () => {
  expect(signedId(`s:${id}.${good}`, [])).toBeUndefined()
})
