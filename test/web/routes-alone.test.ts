import { describe, expect, test } from 'vitest'
import { Problem } from '../../src/errors.ts'
import type { Requirement } from '../../src/gate/decide.ts'
import type { Controller, Page, Reply } from '../../src/web/page.ts'
import { nothingYet, redirect, view } from '../../src/web/page.ts'
import { routes } from '../../src/web/routes.ts'
import type { Navigation } from '../../src/web/shell/navigation.ts'
import { admitting, aliceIdentity, madeNow, madeRequest, madeResponse, ofAForm } from './made-request.ts'
import { madeNeeds, ofAlice } from './sign-in/made-sign-in.ts'

const on = { state: 'on', until: madeNow + 3_600_000 }

type Come = {
  asked?: Parameters<typeof madeRequest>[0]
  page?: Partial<Omit<Page, 'create'>>
  reply?: Reply | undefined | (() => never)
  access?: object
  selfService?: boolean
  /** The gate refuses with this problem. */
  refusal?: Problem
  /** How often the person has asked within this minute. */
  asks?: number
  signInFails?: boolean
  seal?: object
}

/** How a request is answered by a table of one page. */
async function answeredBy(come: Come = {}) {
  const { reply = view('home', 'Home', { a: 1 }), access = on, selfService = true, refusal, asks = 1 } = come
  const done: unknown[] = []
  const { needs, doneAs } = madeNeeds()
  if (come.signInFails) needs.oidc.signInUrl.mockRejectedValue(new Problem('entra-unreachable'))
  const members = { name: 'members', title: 'Admins', settings: { selfService }, accessNow: () => access }
  const services = {
    ...needs,
    seal: come.seal,
    config: { ...needs.config, membership: {}, gates: [{ name: 'members', selfService }], cloud: {} },
    guard: (requirement: Requirement) => {
      const admit = admitting()
      return (...[request, response, next]: Parameters<typeof admit>) => {
        done.push(['gate', requirement])
        return refusal ? next(refusal) : admit(request, response, next)
      }
    },
    gates: { all: [members], named: () => members, isIn: () => false },
    counters: { count: async () => ({ count: asks, leftMs: 1_000 }) },
    drafts: {
      spend: async (owner: { path: string }, id: string) => {
        done.push(['spent', owner.path, id])
        return { giveBack: async () => void done.push('given back') }
      },
      keep: async () => 'NEW',
    },
  }
  const controller: Controller = visit => {
    done.push(['acted', visit.form])
    return typeof reply === 'function' ? reply() : (reply as Reply)
  }
  const page: Page = {
    method: 'get',
    path: '/look',
    requirement: { audience: 'members' },
    create: () => controller,
    ...come.page,
  }
  const seen: unknown[] = []
  const navigation: Navigation = ({ isIn, path }) => {
    seen.push({ isMember: isIn('members'), isOperator: isIn('operators'), path })
    return [{ href: '/', label: 'Home', isCurrent: true }]
  }
  const chrome = { environmentName: 'Staging', selfService }
  const router = routes([page], services as never, { chrome, navigation })
  const request = madeRequest({ url: page.path, ...come.asked })
  const { response, answered } = madeResponse(request)
  const passed = await new Promise<unknown>(resolve => {
    const settling = (name: 'render' | 'redirect' | 'json' | 'end') => {
      const before = response[name].bind(response) as (...given: unknown[]) => void
      Object.assign(response, {
        [name]: (...given: unknown[]) => {
          before(...given)
          resolve('answered')
        },
      })
    }
    for (const name of ['render', 'redirect', 'json', 'end'] as const) settling(name)
    router(request, response, (thrown?: unknown) => resolve(thrown ?? 'passed'))
    // All parts are made up, so by then nothing is left that could still answer.
    setImmediate(() => setImmediate(resolve, 'nothing'))
  })
  return { answered, passed, done, doneAs, seen, needs, router, request, response }
}

const form = { method: 'POST', url: '/send', headers: { ...ofAForm, 'content-length': '0' } }
const formPage = { method: 'post', path: '/send' } as const

test('the step has the name by which the staircase knows it', async () => {
  expect((await answeredBy()).router.name).toBe('routes')
})

describe('a page to look at', () => {
  test.each(['GET', 'HEAD'])('opens for %s, behind the gate', async method => {
    const { passed, done } = await answeredBy({ asked: { method } })
    expect([passed, done]).toEqual([
      'answered',
      [
        ['gate', { audience: 'members' }],
        ['acted', undefined],
      ],
    ])
  })

  test.each(['POST', 'OPTIONS', 'PUT'])('does not open for %s', async method => {
    const { passed, done } = await answeredBy({ asked: { method } })
    expect([passed, done]).toEqual(['passed', []])
  })

  test('opens to nobody whom the gate refuses', async () => {
    const refusal = new Problem('not-a-member')
    const { passed, done } = await answeredBy({ refusal })
    expect([passed, done]).toEqual([refusal, [['gate', { audience: 'members' }]]])
  })

  test('is not kept where the gate asks for a check: it has no form', async () => {
    const stepUp = { audience: 'members', stepUp: { context: 'c1' } } as const
    const refusal = new Problem('auth-context-missing')
    const { passed, answered } = await answeredBy({ page: { requirement: stepUp }, refusal })
    expect([passed, answered.shown]).toEqual([refusal, undefined])
  })

  test('spends no kept form', async () => {
    const { done } = await answeredBy({ asked: { url: '/look?kept-form=ID' } })
    expect(done).not.toContainEqual(expect.arrayContaining(['spent']))
  })
})

describe('a form', () => {
  test('is sent by POST, behind the gate', async () => {
    const { passed, done } = await answeredBy({ page: formPage, asked: form, reply: redirect('/') })
    expect([passed, done]).toEqual([
      'answered',
      [
        ['gate', { audience: 'members' }],
        ['acted', undefined],
      ],
    ])
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('is not sent by %s', async method => {
    expect((await answeredBy({ page: formPage, asked: { ...form, method } })).passed).toBe('passed')
  })

  test('that cannot be read comes to no page', async () => {
    const headers = { 'content-length': '2', 'content-type': 'application/json' }
    const { passed, done } = await answeredBy({ page: formPage, asked: { ...form, headers } })
    expect([passed, done]).toMatchObject([{ code: 'form-not-accepted' }, [['gate', {}]]])
  })

  test('leads on as a form does: the browser remembers it', async () => {
    const { answered } = await answeredBy({ page: formPage, asked: form, reply: redirect('/sessions') })
    expect([answered.redirects, answered.cookies.length]).toEqual([[[303, '/sessions']], 1])
  })

  test('that the gate refuses for want of a check is kept', async () => {
    const stepUp = { audience: 'members', stepUp: { context: 'c1' } } as const
    const refusal = new Problem('auth-context-missing')
    const { answered } = await answeredBy({ page: { ...formPage, requirement: stepUp }, asked: form, refusal })
    expect(answered.shown).toMatchObject({ page: 'one-more-check', model: { link: '/kept-form/send?draft=NEW' } })
  })

  describe('that was kept', () => {
    const kept = { page: formPage, asked: { ...form, url: '/send?kept-form=ID' } }
    const spent = ['spent', '/send', 'ID']

    test('is spent before the page acts', async () => {
      const { done } = await answeredBy({ ...kept, reply: redirect('/') })
      expect(done.slice(1)).toEqual([spent, ['acted', undefined]])
    })

    test.each([400, 422])('is given back by a page of bad news: %i', async status => {
      const { done } = await answeredBy({ ...kept, reply: view('home', 'Home', {}, { status }) })
      expect(done.slice(1)).toEqual([spent, ['acted', undefined], 'given back'])
    })

    test.each([undefined, 200, 399])('stays spent by a page of good news: %s', async status => {
      const { done } = await answeredBy({ ...kept, reply: view('home', 'Home', {}, status ? { status } : {}) })
      expect(done.slice(1)).toEqual([spent, ['acted', undefined]])
    })

    test('is given back when the page fails', async () => {
      const bug = new Error('bug')
      const reply = () => {
        throw bug
      }
      const { done, passed } = await answeredBy({ ...kept, reply })
      expect([done.slice(1), passed]).toEqual([[spent, ['acted', undefined], 'given back'], bug])
    })
  })
})

describe('a person who asks too often', () => {
  test('is stopped on pages that ask Microsoft', async () => {
    const { passed, done } = await answeredBy({ page: { part: 'self-service' }, asks: 601 })
    expect([passed, done.length]).toMatchObject([{ code: 'too-many-requests' }, 1])
  })
  test('is not stopped on others', async () => {
    expect((await answeredBy({ asks: 601 })).passed).toBe('answered')
  })
})

test('a script gets values', async () => {
  const { answered } = await answeredBy({ reply: { json: { a: 1 } } })
  expect([answered.json, answered.shown]).toEqual([{ a: 1 }, undefined])
})

describe('a form that says what it has done', () => {
  const seal = { close: (text: string, place: string) => `${place} ${text}`, open: () => 'broken' as const }

  test('leads on with its notice, sealed for this session and that page', async () => {
    const reply = redirect('/people?a=b', { notice: 'Done.' })
    const { answered } = await answeredBy({ page: formPage, asked: form, reply, seal })
    const [[status, address]] = answered.redirects as [[number, string]]
    expect([status, address]).toEqual([
      303,
      expect.stringMatching(/^\/people\?a=b&notice=notice:[\w-]{22}:\/people \{.*Done\./),
    ])
  })

  test('leads on by the plain path where it says nothing', async () => {
    const { answered } = await answeredBy({ page: formPage, asked: form, reply: redirect('/people'), seal })
    expect(answered.redirects).toEqual([[303, '/people']])
  })

  test('is heard by the page that it leads to', async () => {
    const text = JSON.stringify({ notice: { text: 'Done.' }, at: madeNow })
    const { answered } = await answeredBy({
      asked: { url: '/look?notice=x' },
      seal: { ...seal, open: () => ({ text }) },
    })
    expect(answered.shown).toMatchObject({ notice: { text: 'Done.' } })
  })

  test('is not heard by a page that cannot open it', async () => {
    const { answered } = await answeredBy({ asked: { url: '/look?notice=x' }, seal })
    expect(answered.shown?.notice).toBeUndefined()
  })
})

test.each([true, false, undefined])('a page says whether it is wide: %s', async isWide => {
  const reply = view('home', 'Home', {}, isWide === undefined ? {} : { isWide })
  expect((await answeredBy({ reply })).answered.shown?.isWide).toBe(isWide ?? false)
})

test('a visit that is ahead gets nothing', async () => {
  const { answered } = await answeredBy({ reply: nothingYet() })
  expect([answered.status, answered.isEnded, answered.shown, answered.json]).toEqual([204, true, undefined, undefined])
})

test('a page leads on to another', async () => {
  const { answered } = await answeredBy({ reply: redirect('/sessions') })
  expect([answered.redirects, answered.cookies]).toEqual([[[303, '/sessions']], []])
})

describe('a page that leads to Entra', () => {
  const leave = { returnTo: '/access', claims: 'claims' }

  test('leads to sign in as oneself', async () => {
    const { answered, doneAs, needs } = await answeredBy({ reply: { toEntra: leave } })
    expect(answered.redirects).toEqual([[302, 'https://login.example/authorize']])
    expect(needs.oidc.signInUrl.mock.calls).toMatchObject([[{ loginHint: 'alice-hint' }]])
    expect(doneAs('begun-anew')[0]?.[3]).toMatchObject({
      returnTo: '/access',
      purpose: { kind: 'sign-in' },
      retries: 0,
    })
  })

  test('leads with a wish to prove exactly its claims', async () => {
    const { doneAs, needs } = await answeredBy({ reply: { toEntra: { ...leave, activation: 'wish' } } })
    expect(needs.oidc.signInUrl.mock.calls).toMatchObject([[{ forPim: { claims: 'claims' } }]])
    expect(doneAs('begun-anew')[0]?.[3]).toMatchObject({
      purpose: { kind: 'turning-on', activation: 'wish', ...ofAlice },
    })
  })

  test.each([{}, { gate: '' }])('leads with a wish at the gate members where it names no gate: %j', async named => {
    const { doneAs } = await answeredBy({ reply: { toEntra: { ...leave, activation: 'wish', ...named } } })
    expect(doneAs('begun-anew')[0]?.[3]).toMatchObject({
      purpose: { kind: 'turning-on', activation: 'wish', gate: 'members', ...ofAlice },
    })
  })

  test('leads with the wish of a gate, and with those at other gates that wait for it', async () => {
    const wishes = { activation: 'wish', gate: 'operators', more: [{ activation: 'second', gate: 'auditors' }] }
    const { doneAs } = await answeredBy({ reply: { toEntra: { ...leave, ...wishes } } })
    expect(doneAs('begun-anew')[0]?.[3]).toMatchObject({ purpose: { kind: 'turning-on', ...wishes, ...ofAlice } })
  })

  test('leads with one wish alone where no other waits', async () => {
    const { doneAs } = await answeredBy({ reply: { toEntra: { ...leave, activation: 'wish' } } })
    expect(doneAs('begun-anew')[0]?.[3]).not.toHaveProperty('purpose.more')
  })

  test('names the way back when Entra cannot be reached', async () => {
    const { passed } = await answeredBy({ reply: { toEntra: leave }, signInFails: true })
    expect(passed).toMatchObject({ code: 'entra-unreachable', facts: { returnTo: '/access' } })
  })
})

describe('a page that is shown', () => {
  test('has its view, its title and its values', async () => {
    const { answered, seen } = await answeredBy()
    expect(answered.status).toBe(200)
    expect(answered.shown).toMatchObject({
      view: 'layout',
      chrome: { environmentName: 'Staging' },
      person: { name: aliceIdentity.name, username: aliceIdentity.username },
      title: 'Home',
      page: 'home',
      model: { a: 1 },
      nav: [{ label: 'Home' }],
    })
    expect(seen).toEqual([{ isMember: true, isOperator: false, path: '/look' }])
  })

  test('tells no more of the person than their names', async () => {
    expect((await answeredBy()).answered.shown?.person).toEqual({
      name: aliceIdentity.name,
      username: aliceIdentity.username,
    })
  })

  test('has its own status, and its own pace', async () => {
    const reply = view('home', 'Home', {}, { status: 422, refreshSeconds: 2 })
    const { answered } = await answeredBy({ reply })
    expect([answered.status, answered.shown?.refreshSeconds]).toEqual([422, 2])
  })

  test('says until when access is on, and leads back to itself', async () => {
    const { answered } = await answeredBy({ asked: { url: '/look?x=1' } })
    expect(answered.shown).toMatchObject({
      bar: { until: {}, canAct: true, canExtend: true, returnTo: '/look?x=1' },
      endUnknown: undefined,
    })
  })

  test('leads from a form to the page about access', async () => {
    const { answered } = await answeredBy({ page: formPage, asked: form })
    expect(answered.shown).toMatchObject({ bar: { returnTo: '/access' } })
  })

  test('offers nothing else to press where something is to be finished', async () => {
    const { answered } = await answeredBy({ reply: view('home', 'Home', {}, { isUnfinished: true }) })
    expect(answered.shown).toMatchObject({ bar: { canAct: false } })
  })

  test('offers nothing to press where people do not turn on their access', async () => {
    expect((await answeredBy({ selfService: false })).answered.shown).toMatchObject({ bar: { canAct: false } })
  })

  test('shows somebody who is not in no line, and no members’ pages', async () => {
    const { answered, seen } = await answeredBy({ access: { state: 'off' } })
    expect([answered.shown?.bar, answered.shown?.endUnknown]).toEqual([undefined, undefined])
    expect(seen).toEqual([{ isMember: false, isOperator: false, path: '/look' }])
  })

  describe('while the end is not known', () => {
    const endUnknown = async (come: Come) =>
      (await answeredBy({ access: { state: 'on' }, ...come })).answered.shown?.endUnknown

    test('asks for it, to show the line with its acts', async () => {
      expect(await endUnknown({})).toEqual({ acts: 'with-acts', gate: '' })
    })
    test('asks for it, to show the line without acts where something is to be finished', async () => {
      expect(await endUnknown({ reply: view('home', 'Home', {}, { isUnfinished: true }) })).toEqual({
        acts: 'without-acts',
        gate: '',
      })
    })
    test('asks for nothing where people do not turn on their access', async () => {
      expect(await endUnknown({ selfService: false })).toBeUndefined()
    })
  })
})
