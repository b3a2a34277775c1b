/** One verdict. `seq`: the first record at fault, where one is. `why`: words for people. */
export type Finding = { answer: 'yes' | 'no' | 'cannot tell'; why: string; seq?: number | undefined }

/**
 * The three verdicts on an export. *Unchanged*: each record in it is as it was when the checkpoint was signed. *Complete*: it
 * is the whole log, and the log that the checkpoint at hand is of. *Closed*: each request has an outcome.
 */
export type Findings = { unchanged: Finding; complete: Finding; closed: Finding }

/** A verdict that is no. */
export const no = (why: string, seq?: number): Finding => ({ answer: 'no', why, seq })
/** A verdict that is yes. */
export const yes = (why: string): Finding => ({ answer: 'yes', why })
/** No verdict: what it would need is not there. */
export const cannotTell = (why: string, seq?: number): Finding => ({ answer: 'cannot tell', why, seq })

/** "1 record", "12 records". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** The three lines that `audit:verify` prints. */
export const findingLines = (findings: Findings): string[] =>
  (['unchanged', 'complete', 'closed'] as const).map(name => {
    const { answer, why, seq } = findings[name]
    return `${name}: ${answer}${seq === undefined ? '' : `, seq ${seq}`}: ${why}`
  })

/** Whether no verdict is no. */
export const isGood = (findings: Findings): boolean => Object.values(findings).every(({ answer }) => answer !== 'no')
