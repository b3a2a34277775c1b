import { readFileSync } from 'node:fs'
import type { Express } from 'express'
import { describe, expect } from 'vitest'
import { staircase } from './staircase.ts'
import { openHouse } from './support/house.ts'
import { testIn } from './support/test-in.ts'

const test = testIn()

type Layer = { name: string; route?: { path: string }; handle: { stack?: Layer[] } }
const layersOf = (app: Express) => app.router.stack as unknown as Layer[]
const nameOf = ({ name, route }: Layer) => (route ? `route ${route.path}` : name)

test('a request climbs the steps in the order that is written down', ({ house }) => {
  expect(layersOf(house.app).map(nameOf)).toEqual(staircase)
})

test('docs/architecture.md shows the steps in that order', () => {
  const text = readFileSync('docs/architecture.md', 'utf8')
  const table = text.slice(text.indexOf('| step in `src/app.ts` |')).split('\n\n')[0] ?? ''
  const steps = [...table.matchAll(/^\| (`.+?) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/(?<=`)\w+(?=`|\()/g) ?? [],
  )
  expect(steps).toEqual(staircase)
})

describe('a step that nobody planned is seen', () => {
  const strays: [what: string, add: (app: Express) => unknown, name: string][] = [
    ['a route', app => app.get('/stray', (_request, response) => void response.send('open')), 'route /stray'],
    ['a function without a name', app => app.use((_request, _response, next) => next()), '<anonymous>'],
  ]
  for (const [what, add, name] of strays)
    test(`${what} above the landing`, async () => {
      await using other = await openHouse()
      const layers = layersOf(other.app)
      add(other.app)
      const [stray] = layers.splice(-1) as [Layer]
      layers.splice(layers.map(nameOf).indexOf('guard'), 0, stray)
      expect(layers.map(nameOf)).not.toEqual(staircase)
      expect(layers.map(nameOf)[layers.map(nameOf).indexOf('guard') - 1]).toBe(name)
    })
})

test.for([
  ['health', ['/health/live', '/health/ready']],
  ['assets', ['/assets/environment.css', '(files)']],
  ['rateLimits', ['/auth/sign-in', '/auth/callback', '/auth/sign-out', '/auth/front-channel-logout', '/hooks/graph']],
  [
    'openDoors',
    ['/auth/sign-in', '/auth/callback', '/auth/sign-out', '/auth/signed-out', '/auth/front-channel-logout'],
  ],
] as const)('the doors of %s are these and no others', ([name, paths], { house }) => {
  const step = layersOf(house.app).find(layer => layer.name === name)
  expect(step?.handle.stack?.map(layer => layer.route?.path ?? '(files)')).toEqual(paths)
})

test('docs/doors.md shows each open door, and no other', ({ house }) => {
  const table = readFileSync('docs/doors.md', 'utf8').split('## The open doors')[1]?.split('\n\n')[1] ?? ''
  const shown = [...table.matchAll(/`(?:GET|POST) (\/[\w/-]+)/g)].map(([, path]) => path)
  const open = ['health', 'rateLimits', 'openDoors'].flatMap(name => {
    const step = layersOf(house.app).find(layer => layer.name === name)
    return step?.handle.stack?.map(layer => layer.route?.path) ?? []
  })
  expect(shown.toSorted()).toEqual([...new Set([...open, '/assets/'])].toSorted())
})

test.for([
  ['env', 'production'],
  ['x-powered-by', false],
  ['etag', false],
  ['case sensitive routing', true],
  ['strict routing', true],
  ['query parser', 'simple'],
  ['trust proxy', false],
] as const)('Express is told: %s = %s', ([setting, value], { house }) => {
  expect(house.app.get(setting)).toBe(value)
})
