import { describe, expect, test } from 'vitest'
import { defaultRules, type Rules } from '../../../src/entra/pim/policy.ts'
import { readWish } from '../../../src/pim/wish/form.ts'

const good = { reason: 'Refund 8841 for a customer', ticket: '', minutes: '60' }
const read = (form: unknown, rules: Partial<Rules> = {}) => readWish(form, { ...defaultRules, ...rules })
const errorsOf = (form: unknown, rules: Partial<Rules> = {}) => {
  const found = read(form, rules)
  return 'errors' in found ? found.errors : {}
}
const wishOf = (form: unknown, rules: Partial<Rules> = {}) => {
  const found = read(form, rules)
  if ('errors' in found) throw new Error(`refused: ${JSON.stringify(found.errors)}`)
  return found.wish
}
const reasonError = (reason: string) => errorsOf({ ...good, reason }).reason
const kept = (reason: string) => wishOf({ ...good, reason }).reason

describe('the time', () => {
  test.each(['', '45', '60.0', '1e1', '0x3c', '-60', '６０', '99999999999', 'sixty', '6 0'])(
    '“%s” is no choice',
    minutes => expect(errorsOf({ ...good, minutes }).minutes).toMatch(/up to 8 hours/),
  )
  test('that is chosen must be one that the policy allows now', () => {
    expect(errorsOf({ ...good, minutes: '480' }, { longestMinutes: 120 }).minutes).toMatch(/up to 2 hours/)
    expect(wishOf({ ...good, minutes: ' 120 ' }, { longestMinutes: 120 }).minutes).toBe(120)
  })
})

describe('the reason', () => {
  test.each([
    'Refund 8841 for customer, approved by Lee',
    'INC-20931 disk full on db3',
    'INC0020931 rollback',
    '返金8841の対応、李さんの承認済み',
    '顧客への返金処理を行います',
    'Rückerstattung für Kundin Müller',
    'Zugriff für Störung in Köln',
    'Возврат клиенту по заявке 8841',
    'استرداد مبلغ للعميل ٨٨٤١',
    'החזר ללקוח לפי בקשה 8841',
    'ग्राहक को धनवापसी 8841',
    '환불 8841 고객 요청 처리',
    'Test the fail-over of db3 for Lee',
    'Testing the new export for Kim',
    'work on CHG-771 with Sam',
    'Access for audit of Q3 payments',
    'Need to rotate keys of the gateway',
    '👩‍💻 fixes login for Ana Costa',
    'Seat Tess at east',
    'Right light',
  ])('“%s” is taken', reason => expect(reasonError(reason)).toBeUndefined())

  test.each([
    'testing testing',
    'Testing, testing... TEST!',
    'test test test',
    'aaaaaaaaaa',
    'work work work',
    'n/a n/a n/a',
    'n/a ........',
    'N/A - none - N/A',
    'none needed',
    'I need access to work',
    'business as usual',
    'because because',
    'asdfasdfasdf',
    'asdf asdf asd',
    'qwertyuiop',
    'qwertzuiop',
    'abcdefghij',
    'abcabcabcabc',
    'ababababab cab',
    '1234567890',
    '12/12/2026 12:30',
    '..........',
    '。。。。。。。。。。',
    'ああああああああああ',
    'ごめんごめんごめん',
    'xxx xxx xxx xxx',
    'lorem ipsum lorem',
    '🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉',
    'ich brauche zugriff bitte',
    'ßßßßßßßßßß',
  ])('“%s” says nothing', reason =>
    expect(reasonError(reason)).toMatch(/^Say what you are doing and for whom, for example/),
  )

  test.each<[string, string]>([
    ['nothing', ''],
    ['blanks', '                '],
    ['nine characters', 'Refund 88'],
    ['nine characters and blanks', '   Refund 88   '],
    ['what cannot be seen', `Refund 8${'\u200B'.repeat(20)}`],
    ['line breaks', `Refund 8${'\r\n'.repeat(20)}`],
    ['nine characters outside the first plane', '𠀋𠀌𠀍𠀎𠀏𠀐𠀑𠀒𠀓'],
  ])('is missing where the field holds %s', (_, reason) =>
    expect(reasonError(reason)).toMatch(/at least 10 characters/),
  )

  test('is counted in code points', () => {
    expect(kept('𠀋𠀌𠀍𠀎𠀏𠀐𠀑𠀒𠀓𠀔')).toHaveLength(20)
    const words = (count: number) =>
      'Refund for Lee '
        .repeat(40)
        .slice(0, count - 1)
        .trimEnd()
        .padEnd(count, 'é')
    expect([...kept(words(500))]).toHaveLength(500)
    expect(reasonError(words(501))).toBe('Use at most 500 characters. There are 501 now.')
  })

  test.each<[string, string, string]>([
    ['trimmed', '  Refund 8841 for Lee  ', 'Refund 8841 for Lee'],
    ['one line', 'Refund 8841\r\n\tfor\u2028Lee', 'Refund 8841 for Lee'],
    ['without control characters', 'Refund\u0000 8841\u001B[31m for Lee', 'Refund 8841 [31m for Lee'],
    [
      'without marks that turn the order around',
      'Refund \u202E8841\u202C \u2066for\u2069 Lee\u200F',
      'Refund 8841 for Lee',
    ],
    ['without what cannot be seen', 'Ref\u200Bund\uFEFF 88\u00AD41 for Lee', 'Refund 8841 for Lee'],
    ['without halves of characters', 'Refund 8841 \uD83D for Lee', 'Refund 8841 for Lee'],
    ['composed', 'Ru\u0308ckerstattung 8841', 'Rückerstattung 8841'],
    ['with its joiners', 'می\u200Cخواهم بازپرداخت کنم', 'می\u200Cخواهم بازپرداخت کنم'],
    ['with what a page would escape', 'Refund <b>8841</b> & "Lee"', 'Refund <b>8841</b> & "Lee"'],
    ['with wide blanks made plain', '返金8841\u3000顧客の対応です', '返金8841 顧客の対応です'],
  ])('is kept %s', (_, reason, expected) => expect(kept(reason)).toBe(expected))

  test('is asked for, also where the policy does not ask for it', () => {
    expect(errorsOf({ ...good, reason: '' }, { reason: false }).reason).toBeDefined()
  })
})

describe('the ticket', () => {
  test('is needed where the policy asks for it', () => {
    expect(errorsOf(good, { ticket: true }).ticket).toMatch(/^A ticket is needed/)
    expect(errorsOf({ ...good, ticket: ' \t\u200B ' }, { ticket: true }).ticket).toMatch(/^A ticket is needed/)
    expect(wishOf({ ...good, ticket: ' INC-20931 ' }, { ticket: true }).ticket).toBe('INC-20931')
  })
  test('is not needed elsewhere, and is taken where it is given', () => {
    expect(wishOf(good)).not.toHaveProperty('ticket')
    expect(wishOf({ ...good, ticket: 'CHG-771' }).ticket).toBe('CHG-771')
  })
  test('has at most 100 characters', () => {
    expect(wishOf({ ...good, ticket: '𠀋'.repeat(100) }).ticket).toHaveLength(200)
    expect(errorsOf({ ...good, ticket: 'x'.repeat(101) }).ticket).toBe('Use at most 100 characters. There are 101 now.')
  })
})

describe('a form', () => {
  test('is read as a whole', () => {
    expect(read({ reason: ' Refund 8841 for Lee', ticket: 'INC-1', minutes: '30', returnTo: '/' })).toEqual({
      wish: { reason: 'Refund 8841 for Lee', ticket: 'INC-1', minutes: 30 },
    })
  })

  test('names all its faults at once, and gives back what was typed', () => {
    const typed = { reason: ' short\n', ticket: '', minutes: '7' }
    expect(read(typed, { ticket: true })).toEqual({
      errors: { reason: expect.any(String), ticket: expect.any(String), minutes: expect.any(String) },
      typed,
    })
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['text', 'reason=x'],
    ['a number', 7],
    ['a list', []],
    ['an empty object', {}],
    ['an object without a prototype', Object.create(null)],
    ['fields sent twice', { reason: [good.reason, good.reason], ticket: ['a', 'b'], minutes: ['60', '30'] }],
    ['fields within fields', { reason: { toString: 1 }, ticket: {}, minutes: { valueOf: 60 } }],
  ])('that is %s comes back with faults, and is no failure', (_, form) => {
    expect(read(form)).toEqual({
      errors: { reason: expect.any(String), minutes: expect.any(String) },
      typed: { reason: '', ticket: '', minutes: '' },
    })
  })

  test('of a size that is made to keep us busy is read at once', () => {
    const started = performance.now()
    for (const piece of ['a', 'ab', ' ', '\u202E', 'é ', 'x1']) read({ ...good, reason: piece.repeat(500_000) })
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
