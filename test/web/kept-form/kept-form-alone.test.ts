import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import type { Requirement } from '../../../src/gate/decide.ts'
import { createGuard } from '../../../src/gate/guard.ts'
import { createKeepForm } from '../../../src/web/kept-form/keep.ts'
import { isKept, withKeptForms } from '../../../src/web/kept-form/pages.ts'
import { formPathIn, keptFormAddress, keptFormPath, keptIdIn, sendingAddress } from '../../../src/web/kept-form/path.ts'
import showKeptForm from '../../../src/web/kept-form/show.ts'
import { createSpending } from '../../../src/web/kept-form/spend.ts'
import type { Page } from '../../../src/web/page.ts'
import { oneGate } from '../../support/one-gate.ts'
import { admitting, aliceIdentity, aliceRecord, madeRequest, madeResponse, ofAForm } from '../made-request.ts'

const minute = 60_000
const day = 24 * 60 * minute
const members = { audience: 'members' } as const
const signedIn = { audience: 'signed-in' } as const
const stepUp = { context: 'c1' }
type Settings = { selfService?: boolean; authContext?: string; operators?: boolean }
const configOf = ({ selfService = false, authContext, operators = false }: Settings = {}) => {
  const members = { name: 'members', selfService, context: authContext }
  return { baseUrl: 'https://admin.example', gates: [members, { name: 'operators', selfService: operators }] } as never
}

describe('the addresses of a kept form', () => {
  test('are a page of its own, with the id', () => {
    expect([keptFormPath('/refunds/7'), keptFormAddress('/refunds/7', 'ID')]).toEqual([
      '/kept-form/refunds/7',
      '/kept-form/refunds/7?draft=ID',
    ])
  })
  test('are where it is sent to, with the id', () => {
    expect(sendingAddress('/refunds/7', 'ID')).toBe('/refunds/7?kept-form=ID')
  })
  test.each([
    ['/kept-form/refunds/7?draft=ID', '/refunds/7'],
    ['/kept-form/', '/'],
    ['/kept-form', undefined],
    ['/kept-formal/refunds', undefined],
    ['/refunds/kept-form/7', undefined],
    ['', undefined],
  ])('%s shows a form that was sent to %s', (address, path) => {
    expect(formPathIn(address)).toBe(path)
  })
  test.each([
    [{ 'kept-form': 'ID' }, 'ID'],
    [{ 'kept-form': ['ID', 'ID'] }, undefined],
    [{}, undefined],
  ])('with %j name the kept form %s', (query, id) => {
    expect(keptIdIn({ query })).toBe(id)
  })
})

describe('a form is kept', () => {
  test.each<[Requirement, Settings, boolean]>([
    [{ ...signedIn, stepUp }, {}, true],
    [{ ...members, stepUp }, {}, true],
    [members, {}, false],
    [members, { selfService: true }, true],
    [members, { authContext: 'c1' }, true],
    [signedIn, { selfService: true, authContext: 'c1' }, false],
    [{ audience: 'operators' }, { selfService: true, authContext: 'c1' }, false],
    [{ audience: 'operators' }, { operators: true }, true],
    [{ audience: ['members', 'operators'] }, { operators: true }, true],
  ])('where %j, under %j: %s', (requirement, settings, isIt) => {
    expect(isKept(requirement, configOf(settings))).toBe(isIt)
  })
})

describe('the table of pages', () => {
  const line = (method: Page['method'], path: string, requirement: Requirement): Page => ({
    method,
    path,
    requirement,
    create: () => () => ({ json: {} }),
  })
  const form = line('post', '/send', { ...members, stepUp })
  const table = [line('get', '/look', { ...members, stepUp }), form, line('post', '/plain', members)]

  test('gets a page for each form that may be kept, which asks what the form asks', () => {
    expect(withKeptForms(table, configOf())).toEqual([
      ...table,
      { method: 'get', path: '/kept-form/send', requirement: form.requirement, create: showKeptForm },
    ])
  })
})

describe('a kept form is shown', () => {
  const fields = [
    ['costCentre', 'A1'],
    ['cost_centre', 'A2'],
    ['why--not', 'A3'],
    ['-x-', 'A4'],
    ['', 'A5'],
  ] as const
  const shownAt = async (path: string, query: unknown, found: typeof fields | undefined = fields) => {
    const looked: unknown[] = []
    const look = async (...of: unknown[]) => {
      looked.push(of)
      return found
    }
    const controller = showKeptForm({ drafts: { look } as never })
    const reply = await controller({ person: aliceIdentity, path, query } as never)
    return { looked, reply }
  }

  test('to its sender, at its own path', async () => {
    const { looked } = await shownAt('/kept-form/send', { draft: 'ID' })
    expect(looked).toEqual([[{ person: aliceIdentity, path: '/send' }, 'ID']])
  })

  test('with all that was typed, under names as people read them, to be finished', async () => {
    expect((await shownAt('/kept-form/send', { draft: 'ID' })).reply).toEqual({
      view: 'kept-form',
      title: 'Send what you typed?',
      model: {
        to: '/send?kept-form=ID',
        fields: [
          { name: 'costCentre', label: 'Cost centre', value: 'A1' },
          { name: 'cost_centre', label: 'Cost centre', value: 'A2' },
          { name: 'why--not', label: 'Why not', value: 'A3' },
          { name: '-x-', label: 'X', value: 'A4' },
          { name: '', label: '', value: 'A5' },
        ],
      },
      isUnfinished: true,
    })
  })

  test('not at all when it is not there', async () => {
    const controller = showKeptForm({ drafts: { look: async () => undefined } as never })
    const visit = { person: aliceIdentity, path: '/kept-form/send', query: { draft: 'ID' } } as never
    await expect(async () => controller(visit)).rejects.toThrow('form-not-kept')
  })

  test.each([[{}], [{ draft: ['ID', 'ID'] }]])('for no id when the address names none: %j', async query => {
    expect((await shownAt('/kept-form/send', query)).looked).toEqual([[{ person: aliceIdentity, path: '/send' }, '']])
  })

  test('for its own path where that is no page of a kept form', async () => {
    expect((await shownAt('/elsewhere', { draft: 'ID' })).looked).toEqual([
      [{ person: aliceIdentity, path: '/elsewhere' }, 'ID'],
    ])
  })
})

describe('a kept form is spent', () => {
  /** Sends a form as Alice, then fails or comes to nothing as the page says. */
  async function sentTo(url: string, { spent, breaks = false }: { spent?: 'sent-before'; breaks?: boolean } = {}) {
    const done: unknown[] = []
    const giveBackDraft = async () => {
      done.push('given back')
      if (breaks) throw new Error('lost')
    }
    const spending = createSpending({
      drafts: {
        spend: async (...of: unknown[]) => {
          done.push(of)
          return spent ?? { giveBack: giveBackDraft }
        },
      } as never,
    })
    const request = madeRequest({ method: 'POST', url })
    const { response } = madeResponse(request)
    await admitting()(request, response, () => {})
    const step = spending.spend as (...given: Parameters<RequestHandler>) => Promise<void>
    const passed = await step(request, response, (thrown?: unknown) => void done.push(['passed', thrown])).catch(
      (thrown: Problem) => thrown.code,
    )
    return { request, response, done, passed, ...spending }
  }
  const spentOf = [{ person: aliceIdentity, path: '/send' }, 'ID']

  test('by the request that sends it, before the page acts', async () => {
    expect((await sentTo('/send?kept-form=ID')).done).toEqual([spentOf, ['passed', undefined]])
  })

  test('by no request that sends a form that was never kept', async () => {
    expect((await sentTo('/send')).done).toEqual([['passed', undefined]])
  })

  test('only once', async () => {
    const { done, passed } = await sentTo('/send?kept-form=ID', { spent: 'sent-before' })
    expect([done, passed]).toEqual([[spentOf], 'form-sent'])
  })

  test('and is given back where the page comes to nothing', async () => {
    const { giveBack, request, done } = await sentTo('/send?kept-form=ID')
    await giveBack(request)
    expect(done.at(-1)).toBe('given back')
  })

  test('and is given back where the page fails, whose failure goes on', async () => {
    const { giveBackAndFail, request, response, done } = await sentTo('/send?kept-form=ID')
    const failure = new Error('bug')
    const step = giveBackAndFail as (...given: Parameters<ErrorRequestHandler>) => Promise<void>
    await step(failure, request, response, (thrown?: unknown) => void done.push(['failed', thrown]))
    expect(done.slice(2)).toEqual(['given back', ['failed', failure]])
  })

  test('and its loss is no failure of its own', async () => {
    const { giveBack, request } = await sentTo('/send?kept-form=ID', { breaks: true })
    await expect(giveBack(request)).resolves.toBeUndefined()
  })

  test('by steps that have names', async () => {
    const { spend, giveBackAndFail } = await sentTo('/send')
    expect([spend.name, giveBackAndFail.name]).toEqual(['spendKeptForm', 'giveBackKeptForm'])
  })

  test('and nothing is given back where nothing was kept', async () => {
    const { giveBack, request, done } = await sentTo('/send')
    await giveBack(request)
    expect(done).toEqual([['passed', undefined]])
  })
})

describe('a form that the gate refuses', () => {
  type Come = {
    requirement?: Requirement
    settings?: Settings
    url?: string
    headers?: Record<string, string>
    body?: unknown
    /** `ended`: Entra's answer has just ended the session. */
    session?: 'there' | 'none' | 'ended'
    isMember?: boolean
    wasSent?: boolean
    keptBefore?: boolean
  }

  /** What happens to Alice's form when the gate refuses it with this problem. */
  async function refused(thrown: unknown, come: Come = {}) {
    const { requirement = { ...members, stepUp }, settings, url = '/send', headers = ofAForm, body } = come
    const { session = 'there', isMember = true, wasSent = false, keptBefore = false } = come
    const done: unknown[] = []
    const drafts = {
      wasSent: async (...of: unknown[]) => {
        done.push(['was sent?', ...of])
        return wasSent
      },
      look: async () => (keptBefore ? [] : undefined),
      keep: async (...of: unknown[]) => {
        done.push(['kept', ...of])
        return 'NEW'
      },
    }
    const request = madeRequest({ method: 'POST', url, headers: { 'content-length': '0', ...headers }, body })
    const { response, answered } = madeResponse(request)
    if (session === 'ended') await endSessionOf(request)
    const keepForm = createKeepForm(
      {
        config: configOf(settings),
        drafts: drafts as never,
        sessions: { recordOf: () => (session === 'there' ? aliceRecord : undefined) },
      },
      {
        chrome: { environmentName: 'Staging' } as never,
        navigation: ({ isIn }) => [{ href: '/', label: String(isIn('members')), isCurrent: false }],
        gates: { isIn: () => isMember } as never,
        showRefused: async (_request, _response, refusal) => void done.push(['refused page', refusal]),
      },
    )(requirement) as (...given: Parameters<ErrorRequestHandler>) => Promise<void>
    const problem = await keepForm(
      thrown,
      request,
      response,
      (next?: unknown) => void done.push(['failed', next]),
    ).catch((cause: Problem) => cause.code)
    return { done, answered, problem, name: keepForm.name }
  }

  /** A guard finds a session that Entra's answer has ended. */
  const endSessionOf = (request: Request) =>
    createGuard({
      config: { membership: { recheckMs: 1, graceMs: 1 }, session: { maxMs: 1 } } as never,
      clock: () => new Date(),
      sessions: { recordOf: () => aliceRecord, forget: () => {} },
      gates: oneGate({ standingOf: async () => undefined, known: () => 'unknown' }),
    })(members)(request, madeResponse(request).response, () => {})

  const owner = { person: aliceIdentity, path: '/send' }
  const checkMissing = new Problem('auth-context-missing')
  const notAMember = new Problem('not-a-member', { facts: { gate: 'members', endedAt: 7 } })
  const notAnOperator = new Problem('not-a-member', { facts: { gate: 'operators' } })
  const signedOut = new Problem('not-signed-in')
  const keptIn = ({ done }: { done: unknown[] }) => done.filter(each => (each as unknown[])[0] === 'kept')

  test('is refused by a step that has a name', async () => {
    expect((await refused(checkMissing)).name).toBe('keepForm')
  })

  test('is kept with all its fields, in order', async () => {
    const refusal = await refused(checkMissing, { body: { a: '1', b: ['2', '3'] } })
    expect(keptIn(refusal)).toEqual([
      [
        'kept',
        owner,
        [
          ['a', '1'],
          ['b', '2'],
          ['b', '3'],
        ],
        10 * minute,
        undefined,
      ],
    ])
  })

  test('is kept without fields too', async () => {
    expect(keptIn(await refused(checkMissing))).toEqual([['kept', owner, [], 10 * minute, undefined]])
  })

  test('is in the log as kept, without its content', async () => {
    expect((await refused(checkMissing, { body: { a: '1' } })).answered.logged).toEqual([
      { level: 'info', event: 'form-kept', oid: 'alice-id' },
    ])
  })

  test('keeps its id where it was kept before', async () => {
    const refusal = await refused(checkMissing, { url: '/send?kept-form=ID', keptBefore: true })
    expect(refusal.done).toContainEqual(['was sent?', owner, 'ID'])
    expect(keptIn(refusal)).toEqual([['kept', owner, [], 10 * minute, 'ID']])
  })

  test('gets another id where the kept one is gone', async () => {
    const refusal = await refused(checkMissing, { url: '/send?kept-form=ID' })
    expect(keptIn(refusal)).toEqual([['kept', owner, [], 10 * minute, undefined]])
  })

  test('is not kept where it was sent already', async () => {
    const refusal = await refused(checkMissing, { url: '/send?kept-form=ID', wasSent: true })
    expect([refusal.problem, keptIn(refusal)]).toEqual(['form-sent', []])
  })

  test('is not kept where it cannot be read', async () => {
    const refusal = await refused(checkMissing, {
      headers: { ...ofAForm, 'content-length': '2', 'content-type': 'application/json' },
    })
    expect([refusal.problem, keptIn(refusal)]).toEqual(['form-not-accepted', []])
  })

  describe('for want of a check', () => {
    test('has its sender told of one more check', async () => {
      const { answered } = await refused(checkMissing)
      expect(answered.status).toBe(403)
      expect(answered.shown).toMatchObject({
        chrome: { environmentName: 'Staging' },
        person: { name: aliceIdentity.name, username: aliceIdentity.username },
        title: 'One more check, then send it',
        page: 'one-more-check',
        model: { link: '/kept-form/send?draft=NEW', minutes: 10, reference: 'REFERENCE' },
        nav: [{ label: 'true' }],
      })
    })

    test('shows no members’ pages to people who are no members', async () => {
      const { answered } = await refused(checkMissing, { requirement: { ...signedIn, stepUp }, isMember: false })
      expect(answered.shown).toMatchObject({ nav: [{ label: 'false' }] })
    })
  })

  describe('because access is off', () => {
    const withSelfService = { requirement: members, settings: { selfService: true } }

    test.each([notAMember, new Problem('access-ended', { facts: { gate: 'members' } })])(
      'is kept for a day: $code',
      async problem => {
        expect(keptIn(await refused(problem, withSelfService))).toEqual([['kept', owner, [], day, undefined]])
      },
    )

    test('leads its sender to turn access on, and back to it', async () => {
      const { done, answered } = await refused(notAMember, withSelfService)
      expect([done.at(-1), answered.shown]).toEqual([
        [
          'refused page',
          { facts: { gate: 'members', endedAt: 7 }, record: aliceRecord, returnTo: '/kept-form/send?draft=NEW' },
        ],
        undefined,
      ])
    })

    test('is kept at another gate too, where people turn on access at that one', async () => {
      const requirement = { audience: 'operators' } as const
      const refusal = await refused(notAnOperator, { requirement, settings: { operators: true } })
      expect(keptIn(refusal)).toEqual([['kept', owner, [], day, undefined]])
      expect(refusal.answered.logged).toMatchObject([{ event: 'form-kept', gate: 'operators' }])
    })

    test.each<[string, Requirement, Settings]>([
      ['nobody turns on access', { audience: 'operators', stepUp }, { selfService: true }],
      [
        'nobody turns on access, though people do at another gate of the page',
        { audience: ['members', 'operators'] },
        { selfService: true },
      ],
      ['a page of other gates was not asked for', { audience: 'members', stepUp }, { operators: true }],
    ])('is not kept at a gate where %s', async (_what, requirement, settings) => {
      const { done } = await refused(notAnOperator, { requirement, settings })
      expect(done).toEqual([['failed', notAnOperator]])
    })

    test.each<[string, Come]>([
      ['where nobody turns on access here', { requirement: { ...members, stepUp } }],
      ['on a page for signed-in people', { requirement: { ...signedIn, stepUp }, settings: { selfService: true } }],
    ])('is not kept %s', async (_what, come) => {
      expect((await refused(notAMember, come)).done).toEqual([['failed', notAMember]])
    })
  })

  describe('because Entra’s answer has ended the session', () => {
    test('has its sender told to sign in', async () => {
      const refusal = await refused(signedOut, { session: 'ended' })
      expect([refusal.answered.status, refusal.answered.shown?.person]).toEqual([401, undefined])
      expect(refusal.answered.shown).toMatchObject({
        chrome: { environmentName: 'Staging' },
        title: 'Sign in, then send it',
        page: 'sign-in-first',
        model: { link: '/kept-form/send?draft=NEW', minutes: 10, reference: 'REFERENCE' },
      })
      expect(keptIn(refusal)).toEqual([['kept', owner, [], 10 * minute, undefined]])
    })

    test('is not kept where forms are not', async () => {
      expect((await refused(signedOut, { session: 'ended', requirement: members })).done).toEqual([
        ['failed', signedOut],
      ])
    })

    test('is not kept for somebody who was signed out before', async () => {
      expect((await refused(signedOut)).done).toEqual([['failed', signedOut]])
    })
  })

  const bug = new Error('bug')
  test.each<[string, unknown, Come]>([
    ['a script’s', checkMissing, { headers: { ...ofAForm, 'sec-fetch-mode': 'cors' } }],
    ['nobody’s', checkMissing, { session: 'none' }],
    ['one with an address too long to come back to', checkMissing, { url: `/${'a'.repeat(499)}` }],
    ['one that another problem met', new Problem('membership-unknown'), {}],
    [
      'one that another problem met once the session had ended',
      new Problem('membership-unknown'),
      { session: 'ended' },
    ],
    ['one that a bug met', bug, {}],
  ])('is not kept when it is %s', async (_what, thrown, come) => {
    expect((await refused(thrown, come)).done).toEqual([['failed', thrown]])
  })

  test.each([
    [461, 1],
    [462, 0],
  ])('with a path of %i characters is kept %i times: there is room for the id', async (length, times) => {
    expect(keptIn(await refused(checkMissing, { url: `/${'a'.repeat(length - 1)}` })).length).toBe(times)
  })
})
