import { runVerify } from './verify-command.ts'

const { out, error, code } = await runVerify(process.argv.slice(2))
for (const line of out) console.log(line)
for (const line of error) console.error(line)
process.exitCode = code
