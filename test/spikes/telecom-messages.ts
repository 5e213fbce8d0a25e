/** What mobile customers of one region write when their network is gone; written for this test. */
export const NO_SIGNAL = [
  'No signal on my phone since nine this morning, restarting does not help.',
  'My mobile has no signal at all in the centre of town, what is going on?',
  'There is no signal here since nine, I cannot call anybody.',
  'No mobile signal at home. Neither calls nor data work.',
  'Since this morning no signal on any of our three phones.',
  'The phone shows no signal, I took the SIM out and put it back in.',
  'No signal at my shop, the card terminal is dead and customers are waiting.',
  'I have no signal, my neighbour has none either.',
  'Is there an outage? No signal on the phone since about nine.',
  'No signal. I need my phone for work, when will it be back?',
] as const

/** What they write on a normal day. */
export const NORMAL = [
  'How do I switch off roaming before my trip to Portugal?',
  'My last bill has an item that I do not understand, could you explain it?',
  'I would like to move my number to the family plan.',
  'The app asks me for a PUK code, where do I find it?',
  'Please send me a copy of my contract.',
  'Can I get a second SIM card for my tablet?',
  'Uploads at my place are a bit slower than usual, the rest is fine.',
  'When does my data volume renew?',
  'I moved house, please change my address.',
  'Thank you for the quick help yesterday!',
  'The voicemail greeting cannot be changed, the menu ends too early.',
  'What does a call to Canada cost?',
] as const
