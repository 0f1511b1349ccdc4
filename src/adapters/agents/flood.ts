/** No agent at work asks for so much at once. What is more is refused: nobody could answer it, and it would hold up everything else. */
const mostQuestions = 100;

/** Whether one more question, beside those that are open, is one too many. */
export const isFlood = (asked: object): boolean => Object.keys(asked).length >= mostQuestions;

/** For the agent. */
export const tooMuch = 'this is more than a person can answer';
