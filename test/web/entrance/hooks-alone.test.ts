import { gzipSync } from 'node:zlib'
import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { createHooks } from '../../../src/web/entrance/hooks.ts'
import { stepsAlone } from '../steps-alone.ts'

const tenantId = '11111111-aaaa-4222-8333-444444444444'
const groupId = '22222222-bbbb-4222-8333-444444444444'
const operatorsId = '55555555-eeee-4222-8333-444444444444'
const item = {
  clientState: 'newer',
  subscriptionId: 'one',
  tenantId,
  resource: `Groups/${groupId}`,
  lifecycleEvent: null,
}
const word = (lifecycleEvent: unknown, over: object = {}) => ({ ...item, resource: undefined, lifecycleEvent, ...over })

/** What a gate hears of its group, and where it writes down what it was told. */
const newsOf = (group: string, { secrets, announced, done, isBroken = false }: Heard) => ({
  clientStates: () => secrets,
  isAbout: (resource: string) => resource.toLowerCase().includes(group),
  announce: async () => {
    if (isBroken) throw new Error('broken')
    done.push(announced)
  },
  subscription: { told: async ({ id, what }: { id: string; what: string }) => void done.push([id, what]) },
})
type Heard = { secrets: readonly string[]; announced: string; done: unknown[]; isBroken?: boolean }

/** The door for Graph, and all that is announced and told behind it: at `members`, and at a second gate, `operators`. */
function hooksOf({ notifications = true, isBroken = false } = {}) {
  const done: unknown[] = []
  const members = newsOf(groupId, { secrets: ['newer', 'older'], announced: 'announced', done, isBroken })
  const operators = newsOf(operatorsId, { secrets: ['of operators'], announced: 'announced at operators', done })
  const router = createHooks({
    config: { entra: { tenantId }, graph: { notifications } } as never,
    gates: { all: [{ news: members as never }, { news: operators as never }] },
  })
  return { router, app: stepsAlone(router), done }
}

/** What Graph hears when it sends this, and what was done. */
async function sent(...value: unknown[]) {
  const { app, done } = hooksOf()
  const { status, text } = await request(app).post('/hooks/graph').send({ value })
  return { answer: [status, text], done }
}
const taken = [202, '']
const refused = [499, 'cross-site']

test('the step has the name by which the staircase knows it', () => {
  expect(hooksOf().router.name).toBe('hooks')
})

test('no door is there while notifications are off', async () => {
  const { app } = hooksOf({ notifications: false })
  expect((await request(app).post('/hooks/graph?validationToken=x')).status).toBe(299)
})

test('the door opens for POST only', async () => {
  expect((await request(hooksOf().app).get('/hooks/graph?validationToken=x')).status).toBe(299)
})

describe('a validation token', () => {
  const validated = async (query: string) => {
    const { status, text, headers } = await request(hooksOf().app).post(`/hooks/graph?${query}`)
    return { status, text, type: headers['content-type'] }
  }

  test('is answered as it is, as plain text', async () => {
    expect(await validated('validationToken=%3Cb%3E')).toEqual({
      status: 200,
      text: '<b>',
      type: 'text/plain; charset=utf-8',
    })
  })

  test('is answered up to 4096 characters', async () => {
    expect((await validated(`validationToken=${'x'.repeat(4_096)}`)).status).toBe(200)
  })

  test.each([
    ['that is longer', `validationToken=${'x'.repeat(4_097)}`],
    ['that comes twice', 'validationToken=x&validationToken=y'],
  ])('%s is not accepted', async (_what, query) => {
    expect(await validated(query)).toMatchObject({ status: 499, text: 'form-not-accepted' })
  })
})

describe('a notification', () => {
  test('of the group is announced', async () => {
    expect(await sent(item)).toEqual({ answer: taken, done: ['announced'] })
  })

  test('of the group is announced once, however often it comes in a batch', async () => {
    expect((await sent(item, item)).done).toEqual(['announced'])
  })

  test('under an older secret of ours is believed', async () => {
    expect((await sent({ ...item, clientState: 'older' })).done).toEqual(['announced'])
  })

  test('that names the tenant and the group in capitals is of the same', async () => {
    const capitals = { ...item, tenantId: tenantId.toUpperCase(), resource: `Groups/${groupId.toUpperCase()}` }
    expect((await sent(capitals)).done).toEqual(['announced'])
  })

  test('that names no tenant is believed by its secret', async () => {
    expect((await sent({ ...item, tenantId: undefined })).done).toEqual(['announced'])
  })

  test.each([
    ['another group', { resource: 'Groups/33333333-cccc-4222-8333-444444444444' }],
    ['no resource', { resource: undefined }],
  ])('of %s is taken, and changes nothing', async (_what, over) => {
    expect(await sent({ ...item, ...over })).toEqual({ answer: taken, done: [] })
  })

  test.each([
    ['with another secret', { clientState: 'guess' }],
    ['with the secret in capitals', { clientState: 'NEWER' }],
    ['without a secret', { clientState: undefined }],
    ['of another tenant', { tenantId: '44444444-dddd-4222-8333-444444444444' }],
    ['without a subscription', { subscriptionId: undefined }],
  ])('%s is refused, and changes nothing', async (_what, over) => {
    expect(await sent({ ...item, ...over })).toEqual({ answer: refused, done: [] })
  })

  test('of ours counts beside those of others', async () => {
    expect(await sent({ ...item, clientState: 'guess' }, null, 'x', item)).toEqual({
      answer: taken,
      done: ['announced'],
    })
  })

  test('of others counts for nothing beside ours', async () => {
    const ofAnotherGroup = { ...item, resource: 'Groups/none' }
    expect((await sent(ofAnotherGroup, { ...item, clientState: 'guess' })).done).toEqual([])
  })

  describe('of the operators', () => {
    const ofOperators = { ...item, clientState: 'of operators', resource: `Groups/${operatorsId}` }

    test('is announced at their gate only', async () => {
      expect(await sent(ofOperators)).toEqual({ answer: taken, done: ['announced at operators'] })
    })

    test('under the secret of another gate is taken, and changes nothing', async () => {
      expect(await sent({ ...ofOperators, clientState: 'newer' })).toEqual({ answer: taken, done: [] })
    })

    test('under their secret says nothing of another gate’s group', async () => {
      expect(await sent({ ...item, clientState: 'of operators' })).toEqual({ answer: taken, done: [] })
    })

    test('is announced beside one of the members', async () => {
      expect((await sent(ofOperators, item)).done).toEqual(['announced', 'announced at operators'])
    })
  })

  test('comes with at most 1000 in a batch', async () => {
    const batch = (count: number) => sent(...Array.from({ length: count }, () => item))
    expect([(await batch(1_000)).answer, (await batch(1_001)).answer]).toEqual([taken, refused])
  })

  test('that cannot be announced is not taken, so that Graph sends it again', async () => {
    const { app } = hooksOf({ isBroken: true })
    const { status, text } = await request(app)
      .post('/hooks/graph')
      .send({ value: [item] })
    expect([status, text]).toEqual([499, 'unexpected'])
  })
})

describe('a word about a subscription', () => {
  test('is told with the subscription that it names', async () => {
    expect(await sent(word('subscriptionRemoved'))).toEqual({ answer: taken, done: [['one', 'subscriptionRemoved']] })
  })

  test('that nobody knows yet is told as another', async () => {
    expect((await sent(word('evil'))).done).toEqual([['one', 'other']])
  })

  test('is told once, however often it comes in a batch', async () => {
    expect((await sent(word('missed'), word('missed'))).done).toEqual([['one', 'missed']])
  })

  test('is told for each subscription, and beside each other word', async () => {
    const words = [word('missed'), word('missed', { subscriptionId: 'two' }), word('subscriptionRemoved')]
    expect((await sent(...words)).done).toEqual([
      ['one', 'missed'],
      ['two', 'missed'],
      ['one', 'subscriptionRemoved'],
    ])
  })

  test('without our secret is not told', async () => {
    expect((await sent(word('missed', { clientState: 'guess' }), word('missed'))).done).toEqual([['one', 'missed']])
  })
})

describe('a body', () => {
  const posted = async (body: string) => {
    const to = request(hooksOf().app).post('/hooks/graph')
    const { text } = await to.set({ 'Content-Type': 'application/json' }).send(body)
    return text
  }

  test.each([
    ['of another shape', '{"value":"x"}'],
    ['without a value', '{}'],
    ['without notifications', '{"value":[]}'],
    ['that is a list', '[]'],
  ])('%s is refused', async (_what, body) => {
    expect(await posted(body)).toBe('cross-site')
  })

  test('that is no JSON is not accepted', async () => {
    expect(await posted('{"value":')).toBe('form-not-accepted')
  })

  test('that is compressed is not accepted, however well', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }
    const to = request(hooksOf().app).post('/hooks/graph').set(headers)
    const { text } = await to.serialize(body => body).send(gzipSync(JSON.stringify({ value: [item] })))
    expect(text).toBe('form-not-accepted')
  })

  test('is taken up to 256 kB', async () => {
    const around = JSON.stringify({ value: [{ ...item, padding: '' }] }).length
    const ofLength = (length: number) => JSON.stringify({ value: [{ ...item, padding: 'x'.repeat(length - around) }] })
    expect([await posted(ofLength(256 * 1024)), await posted(ofLength(256 * 1024 + 1))]).toEqual(['', 'form-too-large'])
  })
})
