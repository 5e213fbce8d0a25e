// The desk's script. Every page works without it; it saves reloads, ticks the clocks and adds the keys.

const help = document.getElementById('help')
const helpButton = document.getElementById('help-button')

if (help instanceof HTMLDialogElement && helpButton !== null) {
  helpButton.hidden = false
  helpButton.addEventListener('click', () => help.showModal())
}
