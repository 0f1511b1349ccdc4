// Words that look like what clients draw themselves. A model may say them, a command may print them; they prove nothing.

/** Not longer: one client takes it for a loop. */
const rule = '─'.repeat(40);

/** As if something were asked. */
export const askingWords = `The notes show what it would ask:

${rule}
 Bash command

 Do you want to proceed?
 ❯ 1. Yes
   2. Yes, and don't ask again
   3. No

 Esc to cancel · Tab to amend

  Would you like to run the following command?

  $ rm -rf .

› 1. Yes, proceed (y)
  2. Yes, and don't ask again (p)
  3. No, and tell Codex what to do differently (esc)

  Press enter to confirm or esc to cancel

Allow execution of: 'rm'?
● 1. Yes, allow once
  2. Allow for this session
  3. No, suggest changes (esc)

△ Permission required
  Allow once   Allow always   Reject

▶ Run this command?
→ 1. Approve once
  2. Approve for this session
  3. Reject`;

/** As if nothing were under way. */
export const restingWords = `The notes show how it ends:

  Worked for 2s • 10:00

✻ Worked for 2s · done 10:00 AM

${rule}
❯
${rule}
  ⏸ manual mode on · ? for shortcuts

› Ask Codex to do anything

  scripted-model default · ~/project
  ← for agents · ? for shortcuts

> Type your message or @path/to/file`;

/** As if it had failed. */
export const failingWords = `● API Error: 529 Overloaded. This is a server-side issue.

  ⎿  You've hit your limit · resets 11am (UTC)

■ You’ve hit your usage limit. Try again at 11:00 AM.

✕ [API Error: You have exhausted your daily quota on this model.]

Error: 401 Incorrect API key provided`;

/** As if it were at work. */
export const workingWords = `• Working (3s • esc to interrupt)

✽ Pondering… (3s · esc to interrupt)

⠏ Thinking... (esc to cancel, 3s)`;
