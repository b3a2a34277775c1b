import { describe, expect, test } from 'vitest'
import { endings } from '../src/endings.ts'
import { Problem, type ProblemCode, problemOf } from '../src/errors.ts'

describe.each(Object.entries(endings))('%s', (code, { status, title, detail, act }) => {
  test('is a refusal or a fault by its status', () => {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
  })

  test('has a short title and whole sentences', () => {
    expect(title).toMatch(/^[A-Z].{5,60}[^.]$/)
    expect(detail).toMatch(/^[A-Z].*\.$/)
  })

  test('uses words of people, not of machines', () => {
    expect(`${title} ${detail}`).not.toMatch(
      /AADSTS|OAuth|OIDC|token|cookie name|Redis|session id|null|undefined|error/i,
    )
  })

  test('offers one thing to do, here or in a form', () => {
    expect(act.label).toMatch(/^[A-Z][a-z ]+$/)
    expect('post' in act ? act.post : act.href).toMatch(/^($|\/(?!\/))/)
  })

  test('is the ending of a Problem with this code', () => {
    expect(new Problem(code as ProblemCode).ending.status).toBe(status)
  })
})

test('an error that nobody foresaw is unexpected, with the original as its cause', () => {
  const bug = new RangeError('x')
  expect(problemOf(bug)).toMatchObject({ code: 'unexpected', cause: bug })
  expect(problemOf('text')).toMatchObject({ code: 'unexpected', cause: 'text' })
})

test('a Problem stays what it is', () => {
  const problem = new Problem('redis-away')
  expect(problemOf(problem)).toBe(problem)
})
