import { isLoopback } from './loopback.ts'

/** One of Microsoft's clouds: the hosts where people sign in, where Graph answers, and where people manage PIM. */
export type Cloud = { title: string; authority: string; graph: string; adminCenter: string }

const usGovernment = { authority: 'https://login.microsoftonline.us', adminCenter: 'https://entra.microsoft.us' }

/**
 * Microsoft's clouds, each with the hosts that belong together. Sources: https://learn.microsoft.com/graph/deployments,
 * https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud and, for the admin centers,
 * https://learn.microsoft.com/entra/fundamentals/faq
 */
export const clouds = [
  {
    title: 'global',
    authority: 'https://login.microsoftonline.com',
    graph: 'https://graph.microsoft.com',
    adminCenter: 'https://entra.microsoft.com',
  },
  { title: 'US Government L4, GCC High', ...usGovernment, graph: 'https://graph.microsoft.us' },
  { title: 'US Government L5, DoD', ...usGovernment, graph: 'https://dod-graph.microsoft.us' },
  {
    title: 'China, operated by 21Vianet',
    authority: 'https://login.partner.microsoftonline.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    adminCenter: 'https://entra.microsoftonline.cn',
  },
] as const satisfies readonly Cloud[]

/** Former names of sign-in hosts. Each still answers under its former name, but names itself by today's name as issuer. */
const formerNames: Record<string, string> = {
  'https://login.windows.net': clouds[0].authority,
  'https://login.microsoft.com': clouds[0].authority,
  'https://sts.windows.net': clouds[0].authority,
  'https://login-us.microsoftonline.com': usGovernment.authority,
  'https://login.usgovcloudapi.net': usGovernment.authority,
  'https://login.chinacloudapi.cn': clouds[3].authority,
}

type Pair = { authority: string; graphBaseUrl: string }
type Misfit = { setting: 'ENTRA_AUTHORITY' | 'GRAPH_BASE_URL'; wrong: string; example: string }

/**
 * Why a sign-in host and a Graph do not belong to one cloud; undefined where they do. A local tenant plays both, on
 * loopback hosts or on one host of its own.
 */
export function misfitOf({ authority, graphBaseUrl }: Pair): Misfit | undefined {
  const graph = new URL(graphBaseUrl).origin
  const current = formerNames[authority]
  if (current)
    return { setting: 'ENTRA_AUTHORITY', wrong: `is a former name of ${current}: give that one`, example: current }
  const fitting: readonly Cloud[] = clouds.filter(each => each.authority === authority)
  if (fitting.some(each => each.graph === graph)) return undefined
  if (fitting.length > 0) return ofGraph(fitting)
  const isMicrosofts = clouds.some(each => each.graph === graph)
  if (!isMicrosofts && isLocal(authority, graph)) return undefined
  if (isLoopback(authority))
    return {
      setting: 'GRAPH_BASE_URL',
      wrong: 'does not belong to ENTRA_AUTHORITY: a local tenant on a loopback host goes with its own Graph there',
      example: `${authority}/graph/v1.0`,
    }
  const known = [...new Set(clouds.map(each => each.authority))].join(', ')
  const wrong = `is the sign-in host of no cloud (${known}), nor a local tenant on the host of its Graph`
  return { setting: 'ENTRA_AUTHORITY', wrong, example: clouds[0].authority }
}

function ofGraph(fitting: readonly Cloud[]): Misfit {
  const [first] = fitting
  const choices = fitting.map(({ title, graph }) => `${graph}/v1.0 (${title})`).join(' or ')
  return {
    setting: 'GRAPH_BASE_URL',
    wrong: `does not belong to ENTRA_AUTHORITY: ${first?.authority} goes with ${choices}`,
    example: `${first?.graph}/v1.0`,
  }
}

const isLocal = (authority: string, graph: string) =>
  isLoopback(authority) ? isLoopback(graph) : new URL(authority).hostname === new URL(graph).hostname

/** The cloud of a sign-in host and a Graph. A local tenant has no admin center, so its pages link to the global cloud's. */
export const cloudOf = ({ authority, graphBaseUrl }: Pair): Cloud =>
  clouds.find(each => each.authority === authority && each.graph === new URL(graphBaseUrl).origin) ?? clouds[0]
