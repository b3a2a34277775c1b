import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { createHealth } from '../../../src/web/entrance/health.ts'
import { stepsAlone } from '../steps-alone.ts'

type Come = { isThere?: boolean; wasThere?: boolean; isLoaded?: boolean; draining?: readonly boolean[] }

/** The doors of a process in this state. `draining`: what it says of its own end, each time that it is asked. */
function healthOf({ isThere = true, wasThere = true, isLoaded = true, draining = [] }: Come = {}) {
  const asked: string[] = []
  const answers = [...draining]
  const presence = {
    wasThere: () => wasThere,
    isThere: async () => {
      asked.push('redis')
      return isThere
    },
  }
  const router = createHealth({ presence, oidc: { isLoaded: () => isLoaded } }, () => answers.shift() ?? false)
  return { router, app: stepsAlone(router), asked }
}

test('the step has the name by which the staircase knows it', () => {
  expect(healthOf().router.name).toBe('health')
})

describe('liveness', () => {
  test('depends on nothing', async () => {
    const { app, asked } = healthOf({ isThere: false, wasThere: false, isLoaded: false, draining: [true] })
    const { status, body } = await request(app).get('/health/live')
    expect([status, body, asked]).toEqual([200, { status: 'live' }, []])
  })
})

describe('readiness', () => {
  const cases: [what: string, come: Come, status: number, body: object][] = [
    ['is there when all is there', {}, 200, { status: 'ready' }],
    ['waits for Redis', { isThere: false, wasThere: false }, 503, { status: 'not-ready', waiting: ['redis'] }],
    ['waits for Entra', { isLoaded: false }, 503, { status: 'not-ready', waiting: ['entra'] }],
    [
      'waits for both',
      { isThere: false, wasThere: false, isLoaded: false },
      503,
      { status: 'not-ready', waiting: ['redis', 'entra'] },
    ],
    ['stays when Redis goes away later', { isThere: false }, 200, { status: 'ready', waiting: ['redis'] }],
    [
      'does not come by a Redis that answers and has never proved itself',
      { wasThere: false },
      503,
      { status: 'not-ready', waiting: [] },
    ],
    ['ends with SIGTERM', { draining: [true, true] }, 503, { status: 'not-ready', waiting: ['draining'] }],
    [
      'ends with a SIGTERM that comes while Redis is asked',
      { draining: [false, true] },
      503,
      { status: 'not-ready', waiting: ['draining'] },
    ],
  ]
  test.each(cases)('%s', async (_what, come, expected, body) => {
    const answer = await request(healthOf(come).app).get('/health/ready')
    expect([answer.status, answer.body]).toEqual([expected, body])
  })

  test('asks Redis nothing after SIGTERM', async () => {
    const { app, asked } = healthOf({ draining: [true, true] })
    await request(app).get('/health/ready')
    expect(asked).toEqual([])
  })
})

test('both doors open for HEAD too, and for nothing else', async () => {
  for (const path of ['/health/live', '/health/ready']) {
    expect((await request(healthOf().app).head(path)).status).toBe(200)
    expect((await request(healthOf().app).post(path)).status).toBe(299)
  }
})
