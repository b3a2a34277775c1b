import type { Config } from '../../config/load.ts'

/** Values that every page shows, whoever looks at it. */
export const chromeOf = ({ environment, gates }: Pick<Config, 'environment' | 'gates'>) => ({
  environmentName: environment.name ?? '',
  /** Whether people turn on access here, at any gate. */
  selfService: gates.some(({ selfService }) => selfService),
})
export type Chrome = ReturnType<typeof chromeOf>
