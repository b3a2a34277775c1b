import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import { stamp, textOf } from '../aadsts.ts'
import { renderPage } from '../page.ts'
import type { TenantState } from '../state.ts'

/** The page for a request that cannot go back to the app. It answers HTTP 200, as Entra does: only its text refuses. */
export async function showRefusal(
  state: TenantState,
  ctx: KoaContextWithOIDC,
  error: errors.OIDCProviderError | Error,
): Promise<void> {
  ctx.status = 200
  ctx.type = 'html'
  ctx.body = await refusalPage(state, codeOf(error))
}

export function refusalPage(state: TenantState, code: number, { choice = '' } = {}): Promise<string> {
  const { trace_id, correlation_id, timestamp } = stamp(state, code)
  const title = code === 50105 ? 'You have not been given access to Gatehouse' : 'You cannot sign in'
  return renderPage('refusal', { title, code, text: textOf(code), choice, trace_id, correlation_id, timestamp })
}

function codeOf(error: Error): number {
  const { error: kind, error_description: description } = error as Partial<errors.OIDCProviderError>
  if (kind === 'invalid_redirect_uri') return 50011
  if (kind === 'invalid_client') return 700016
  if (kind === 'invalid_request' && description?.includes('missing required')) return 900144
  return 9002313
}
