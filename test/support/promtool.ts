import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inject } from 'vitest'
import { parse } from 'yaml'

export const rulesFile = 'infra/observability/alerts.yaml'
export type AlertRule = {
  alert: string
  expr: string
  labels: Record<string, string>
  annotations: Record<string, string>
}
export const alertRules: readonly AlertRule[] = parse(readFileSync(rulesFile, 'utf8')).groups[0].rules

/** A metric with its labels, and its values in promtool's notation, one each half minute: `0+3x40` is 0, 3, 6 … 120. */
export type Series = Record<string, string>
/** The labels of the alert that fires at that time; undefined: none does. */
export type Asked = { alert: string; series: Series; at: string; fires: Record<string, string> | undefined }

/**
 * Plays the series of each to Prometheus's own evaluation of our rules, and asks whether the alert fires at that time:
 * with just these labels, and the texts of the rule. Returns what promtool prints when it is otherwise.
 */
export function complaintOf(all: readonly Asked[]): string | undefined {
  const names = new Set(all.map(({ alert }) => alert))
  return tried({
    // Of all rules only these: the others would be evaluated too, each time.
    'rules.yaml': { groups: [{ name: 'gatehouse', rules: alertRules.filter(({ alert }) => names.has(alert)) }] },
    'tests.yaml': { rule_files: ['rules.yaml'], evaluation_interval: '30s', tests: all.map(asTest) },
  })
}

function asTest({ alert, series, at, fires }: Asked) {
  const rule = alertRules.find(each => each.alert === alert)
  if (!rule) throw new Error(`no rule is called ${alert}`)
  const filled = (text: string) => text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_whole, name) => fires?.[name] ?? '')
  const texts = Object.entries(rule.annotations).map(([name, text]) => [name, filled(text)])
  const expected = { exp_labels: { ...rule.labels, ...fires }, exp_annotations: Object.fromEntries(texts) }
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }))
  const asked = { eval_time: at, alertname: alert, exp_alerts: fires ? [expected] : [] }
  return { interval: '30s', input_series: input, alert_rule_test: [asked] }
}

/** What promtool holds against the file as it is. */
export const complaintOfRules = () => run('check', resolve(rulesFile))

function tried(files: Record<string, object>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-alerts-'))
  // JSON is YAML too.
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content))
  try {
    return run('test', join(folder, 'tests.yaml'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(act: 'test' | 'check', file: string): string | undefined {
  try {
    execFileSync(inject('promtool'), [act, 'rules', file], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
    return `${stdout}${stderr}`
  }
}
