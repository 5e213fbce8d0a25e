/** Words that announce a phone number, and words that announce any other number. */
const CALLED =
  /\b(?:call|calls|called|phone|phones|tel|telephone|mobile|mob|cell|cellphone|whatsapp|sms|text me|ring|rang|reach me|reachable|contact|fax|landline|hotline|direct line|dial|my number|ph|no\. is)\b[^\n]{0,25}$|(?:☎|📞|📱)\s?$/iu
const OTHER_NUMBER =
  /\b(?:order|orders|invoice|inv|tracking|track|ref|reference|ticket|case|parcel|shipment|consignment|account|acct|policy|serial|sku|booking|po|batch|article|item|model|version|build|claim|contract|customer|meter|isbn|imei|ean|part|transaction|confirmation|flight|id|code|error)\b\.?\s?(?:number|no|nr|id|code)?\s?(?:is|was|:|=|#)?\s?#?$/i

/** Whether a run of digits and separators is a phone number, judged by its shape and by the words before it. */
export function looksLikePhone(
  run: string,
  digits: string,
  before: string,
  after: string,
): boolean {
  if (digits.length < 7 || digits.length > 15 || isUnevenlyClosed(run)) return false
  if (isDate(run) || isAddressOrVersion(run) || isAmount(run, after)) return false
  if (run.includes('+')) return isInternational(run, digits)
  if (OTHER_NUMBER.test(before)) return false
  if (CALLED.test(before)) return true
  return isNorthAmerican(run) || isNational(run, digits)
}

function isInternational(run: string, digits: string): boolean {
  return /^\(?\+\(?[1-9]/.test(run) && digits.length >= 8
}

/** (415) 555-0132, 415-555-0132, 415.555.0132, 1 415 555 0132: the number of digits is not enough, it must be grouped. */
function isNorthAmerican(run: string): boolean {
  return /^(?:1[-. ])?(?:\([2-9]\d{2}\)[-. ]{0,2}|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}$/.test(run)
}

/** A leading zero and 9 to 13 digits: 07911 123456, 020 7946 0018, 0176/1234567, 0049… */
function isNational(run: string, digits: string): boolean {
  return /^\(?0/.test(run) && digits.length >= 9 && digits.length <= 14 && /^00?[1-9]/.test(digits)
}

function isDate(run: string): boolean {
  return (
    /^(?:\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}|(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2})(?:$|[ -./]\d)/.test(
      run,
    ) ||
    /^(?:19|20)\d{2} ?[-–/] ?(?:19|20)\d{2}$/.test(run) ||
    /^(?:19|20)\d{6}$/.test(run)
  )
}

/** 192.168.0.1, 10.4.2203.1: groups with single dots that are not the grouping of a phone. */
function isAddressOrVersion(run: string): boolean {
  const groups = run.split('.')
  return groups.length >= 4 && groups.every((group) => /^\d{1,5}$/.test(group)) && !/^0\d/.test(run)
}

function isAmount(run: string, after: string): boolean {
  return /^[%€$£]/.test(after) || /^\d{1,3}(?:[ .]\d{3})+$/.test(run)
}

function isUnevenlyClosed(run: string): boolean {
  return run.lastIndexOf('(') > run.lastIndexOf(')')
}
