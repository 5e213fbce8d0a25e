const EARLIER = '(previous|prior|above|earlier|preceding|foregoing|existing|other|initial|original)'
const ORDERS =
  '(instruction~|prompt~|rules|direction~|directives|commands|guidelines|orders|programming|training|safeguards|assignments)'
const MACHINE =
  '(ai|a i|bot|bots|llm|gpt|chatgpt|chatbot|language model|assistant|assistants|ai assistant|ai agent|ai model|triage bot|triage software|triage system|' +
  'automated (agent|agents|reader|readers|assistant|assistants|system|systems)|model|classifier)'
const TELL =
  '(set|keep|mark|classify|label|treat|tag|assign|output|return|respond|reply with|reply only|answer only|ignore|disregard|override|close|resolve|escalate|route|do not|you must|must|please)'
const LABEL =
  '(low|lowest|none|zero|0|p1|p2|p3|p4|p0|critical|lowest priority|low priority|routine|cosmetic|informational|praise|spam|resolved|solved|' +
  'non urgent|not urgent|no action needed|closed|approved|vip|emergency)'

/**
 * What people write when they talk to the machine that reads a ticket, in the phrase language. Requests that customers make
 * of people ("please mark this as urgent", "escalate this") are left out on purpose.
 */
export const INSTRUCTION_PATTERNS: readonly string[] = [
  `(ignore|disregard|forget|override|bypass) [all|any|every|the|your|my|these|those|of] ..3 ${EARLIER} ..2 ${ORDERS}`,
  `(ignore|disregard|forget|override|bypass) (all|any|your|all of your|all the|the) [triage|system|safety|internal|current] ${ORDERS}`,
  `(ignore|disregard|forget) (everything|anything|all) (before|above|you were told|you have been told|previously|in the|that came|that was)`,
  `(ignore|disregard) the above`,
  `forget [about] everything`,
  `forget about all ..2 (information|instructions|tasks)`,
  `(drop|abandon|change|replace|leave) [all] [of] your (instructions|rules|guidelines|programming)`,
  `(new|further|other) tasks (follow|are followed)`,
  `(set|assign) (priority|severity|urgency) (low|none|critical|p1|p4|high)`,
  `mark (this|the) (ticket|message|case) [as] (critical|low|resolved|spam)`,
  `(close|closed) as resolved [no]`,
  `repeat after me`,
  `(system|hidden|secret|full|entire|initial|original) prompt`,
  `prompt (text|injection)`,
  `(reveal|show|print|repeat|display|output) [me] (your|the|all) ..2 (prompt|instructions)`,
  `(system|safety|security|policy) override`,
  `override all [other] rules`,
  `system (instruction|instructions|directive|note to|instructs|classify|set|treat|mark|ignore|assign|label)`,
  `(set|change|keep|lower|reduce|downgrade|leave|make) [the|this|its|my] [ticket|ticket's|issue|case] (priority|severity|urgency) ..4 (to|as|at|equals) ${LABEL}`,
  `(priority|severity|urgency) (low|lowest|none|0|p4|critical) (intent|sentiment|confidence|team|action|do not|reason|type|notify|assign|end)`,
  `sentiment # [priority|urgency]`,
  `intent (other|praise|none|spam)`,
  `priority (low|critical|none) [and|in|but] (intent|sentiment|urgency)`,
  `(urgency|sentiment) # (sentiment|priority|urgency|do)`,
  `(severity|urgency|priority) none`,
  `(classify|categorise|categorize|label|tag) (this|it|the) ..3 as`,
  `(mark|treat|flag) (this|it|me|the ticket|this ticket|this message|ticket) as [a|an] ${LABEL}`,
  `(classification|label|priority) low [category|team|reason]`,
  `(auto close|autoclose|auto resolve) [this|the|ticket|no]`,
  `(close|resolve) ticket (priority|tag|reply|now that|and tag)`,
  `(do not|don't|never) (escalate|page|forward|route|notify) ..2 (anyone|anybody|any human|a human|humans|on call|oncall|to a human|to any human|to human)`,
  `no human (needed|review|required|intervention)`,
  `(note|message|instruction|instructions|notice|memo|attention|attn|hint) [to|for] [all|any|the] ${MACHINE}`,
  `(dear|hey|hello|hi|attn|attention) (ai|language model|llm|gpt|chatgpt|triage bot|delivery bot)`,
  `for (triage software|automated assistants|automated agents|ai assistants|llms)`,
  `(ai assistant|ai agent|triage bot|language model|automated agents|automated assistants|assistants|assistant|bot) ${TELL} ..3 (priority|ticket|as|with|critical|low|this)`,
  `as an ai [language|assistant|model]`,
  `you are now [in] [a|an|the|my] ..2 (mode|assistant|ai|bot|model|dan|persona|unrestricted|free from|jailbroken)`,
  `(developer|supervisor|dan|jailbreak|unrestricted) mode`,
  `do anything now`,
  `(act|acting) as (a|an) ..3 (assistant|interpreter|terminal|translator|bot|ai|model|linux|persona)`,
  `(pretend|imagine) [that] you (are|can)`,
  `(pretend to be|roleplay as|role play as)`,
  `(new|updated|revised) (instruction|instructions) (follow|follows|are|is|from|for|to|respond|you)`,
  `your [new] (instructions|task) (are|is) now`,
  `your new task`,
  `(respond|reply|answer|output|return) only (with|in|the|json)`,
  `(respond|reply|answer) with [the] (json|exactly|approved|the word)`,
  `(output|return|respond with) [only] json`,
  `regardless of (content|the content|contents|what the ticket)`,
  `(begin|end|start) [of] (routing|system|bot|prompt|admin|instruction|instructions|automation) (block|section|prompt|message|instructions)`,
  `(approved|authorised|authorized|pre approved|preapproved|signed off) by [the|your|our|my] ..1 (manager|supervisor|ceo|cfo|cto|director|management|administrator|admin|head)`,
  `(manager|supervisor|management|admin) (approval|authorisation|authorization) (code|granted|given|confirmed|attached|received|number)`,
  `this [request|refund|ticket|change] (is|has been|was) [already] (pre approved|preapproved|authorised|authorized) [by]`,
  `(vergiss|ignoriere|missachte) ..3 (alles|alle|anweisungen|instruktionen|aufträge|vorherigen|davor|obigen)`,
  `abweichend zu ..1 instruktionen`,
  `(olvida|ignora|olvide) ..3 (instrucciones|todo|anteriores)`,
  `(oublie|oubliez|ignore|ignorez) ..3 (instructions|consignes) [précédentes]`,
  `(ignora|dimentica) ..3 (istruzioni|precedenti)`,
  `(ignore|esqueça) ..3 (instruções|anteriores)`,
]
