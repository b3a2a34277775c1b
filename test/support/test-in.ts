import { test } from 'vitest'
import { type House, type HouseOptions, openHouse } from './house.ts'

/** The options of a house, or a function that opens one. */
export type Opening<H extends AsyncDisposable = House> = HouseOptions | (() => Promise<H>)
type Fixture = { onCleanup: (close: () => Promise<void>) => void }

/**
 * `test` for a file whose tests share one house, as `house` in their context. The first test or hook that names the
 * house opens it; it closes after the file's last `afterAll`. Call this outside `describe`: Vitest refuses it inside.
 */
export const testIn = <H extends AsyncDisposable = House>(opening: Opening<H> = {}) =>
  test.extend('house', { scope: 'file' }, houseOf(opening))

/** `test` for tests that have a new house each, as `house` in their context; it closes after the test's `afterEach`. */
export const testInNew = <H extends AsyncDisposable = House>(opening: Opening<H> = {}) =>
  test.extend('house', houseOf(opening))

const houseOf =
  <H extends AsyncDisposable>(opening: Opening<H>) =>
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads in the pattern what a fixture needs; a house needs nothing.
  async ({}: object, { onCleanup }: Fixture): Promise<H> => {
    const house = await (typeof opening === 'function'
      ? opening()
      : (openHouse(opening) as Promise<AsyncDisposable> as Promise<H>))
    onCleanup(async () => house[Symbol.asyncDispose]())
    return house
  }
