import { z } from 'zod'
import type { Services } from '../../services.ts'
import { type Controller, toEntra } from '../page.ts'
import { returnPath } from '../request.ts'

const formShape = z.object({ returnTo: z.string() })

/** Signs in again, silently and as the same person: that is how Entra is asked anew who is in the group. */
export default ({ config }: Pick<Services, 'config'>): Controller =>
  ({ form }) =>
    toEntra({ returnTo: returnPath(formShape.safeParse(form).data?.returnTo, config.baseUrl) })
