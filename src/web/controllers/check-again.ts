import { z } from 'zod'
import type { Services } from '../../services.ts'
import { type Controller, redirect } from '../page.ts'
import { returnPath } from '../request.ts'

const formShape = z.object({ returnTo: z.string() })

/** Signs in again, silently: that is how Entra is asked anew who is in the group. */
export default ({ config }: Pick<Services, 'config'>): Controller =>
  ({ form }) =>
    redirect(
      `/auth/sign-in?returnTo=${encodeURIComponent(returnPath(formShape.safeParse(form).data?.returnTo, config.baseUrl))}`,
    )
