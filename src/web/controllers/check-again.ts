import { z } from 'zod'
import type { Services } from '../../services.ts'
import { type Controller, toEntra } from '../page.ts'
import { returnPath } from '../request.ts'

const formShape = z.object({ returnTo: z.string() })

/** Signs the same person in again, silently, so that Entra says anew which groups they are in. */
export default ({ config }: Pick<Services, 'config'>): Controller =>
  ({ form }) =>
    toEntra({ returnTo: returnPath(formShape.safeParse(form).data?.returnTo, config.baseUrl) })
