import type { Config } from '../../config/load.ts'

/** Values that every page shows, whoever looks at it. */
export const chromeOf = ({ access, environment, pim }: Pick<Config, 'access' | 'environment' | 'pim'>) => ({
  groupName: access.groupName,
  environmentName: environment.name ?? '',
  selfService: pim.selfService,
})
export type Chrome = ReturnType<typeof chromeOf>
