"""What authorisation codes mean: ISO 8583 response codes, and those that card schemes and processors add. Pure.

A code that is not listed has no name; it is shown as it came.
"""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "00": "Approved",
    "01": "Refer to card issuer",
    "02": "Refer to card issuer, special condition",
    "03": "Invalid merchant",
    "04": "Pick up card",
    "05": "Do not honor",
    "06": "Error",
    "07": "Pick up card, special condition",
    "08": "Approved with identification",
    "10": "Approved for partial amount",
    "11": "Approved (VIP)",
    "12": "Invalid transaction",
    "13": "Invalid amount",
    "14": "Invalid card number",
    "15": "No such issuer",
    "17": "Customer cancellation",
    "19": "Re-enter transaction",
    "21": "No action taken",
    "25": "Unable to locate record",
    "28": "File temporarily unavailable",
    "30": "Format error",
    "34": "Suspected fraud, pick up card",
    "36": "Restricted card, pick up card",
    "38": "PIN tries exceeded, pick up card",
    "39": "No credit account",
    "40": "Function not supported",
    "41": "Lost card",
    "43": "Stolen card",
    "46": "Closed account",
    "51": "Insufficient funds",
    "52": "No checking account",
    "53": "No savings account",
    "54": "Expired card",
    "55": "Incorrect PIN",
    "56": "No card record",
    "57": "Not permitted to cardholder",
    "58": "Not permitted to terminal",
    "59": "Suspected fraud",
    "61": "Exceeds amount limit",
    "62": "Restricted card",
    "63": "Security violation",
    "64": "Original amount incorrect",
    "65": "Exceeds frequency limit",
    "67": "Pick up card at ATM",
    "68": "Response received too late",
    "70": "Contact card issuer",
    "71": "PIN not changed",
    "74": "Different value than preauthorised",
    "75": "PIN tries exceeded",
    "76": "Unable to locate previous message",
    "77": "Inconsistent with original message",
    "78": "Blocked, first use",
    "79": "Already reversed, or life cycle ended",
    "80": "Invalid date, or no financial impact",
    "81": "PIN cryptographic error",
    "82": "Negative CVV or iCVV result",
    "83": "Fraud or security reason",
    "84": "Invalid authorisation life cycle",
    "85": "No reason to decline",
    "86": "Cannot verify PIN",
    "87": "Purchase only, no cash back",
    "88": "Cryptographic failure",
    "89": "Unacceptable PIN",
    "90": "Cut-off in progress",
    "91": "Issuer unavailable",
    "92": "Unable to route transaction",
    "93": "Violation of law",
    "94": "Duplicate transmission",
    "95": "Reconcile error",
    "96": "System malfunction",
    "97": "Security hardware failure",
    "98": "MAC error",
    "99": "PIN block error",
    "1A": "Additional customer authentication required",
    "6P": "Verification data failed",
    "B1": "Surcharge not permitted",
    "B2": "Surcharge not supported",
    "N0": "Force STIP",
    "N3": "Cash service not available",
    "N4": "Cash request exceeds issuer limit",
    "N5": "Ineligible for resubmission",
    "N7": "Decline for CVV2 failure",
    "N8": "Exceeds preauthorised amount",
    "P2": "Invalid biller information",
    "P5": "PIN change or unblock declined",
    "P6": "Unsafe PIN",
    "Q1": "Card authentication failed",
    "Q2": "Dynamic security code required",
    "R0": "Stop payment order",
    "R1": "Revocation of authorisation",
    "R2": "Transaction does not qualify for Visa PIN",
    "R3": "Revocation of all authorisations",
    "XA": "Forward to issuer",
    "XD": "Forward to issuer",
    "Y1": "Offline approved",
    "Y3": "Offline approved, unable to go online",
    "Z1": "Offline declined",
    "Z3": "Offline declined, unable to go online",
    "Z5": "Valid account, amount not supported",
}


def name_of(code: str) -> str:
    """What a code means; '' where that is not known. A single digit is the same as with a zero before it."""
    plain = code.strip().upper()
    return NAMES.get(plain) or (NAMES.get(f"0{plain}", "") if len(plain) == 1 else "")


def titled(code: str) -> str:
    """The code with its name as a person reads it: `51 Insufficient funds`."""
    return f"{code} {name_of(code)}".rstrip()


def explained(code: str) -> str:
    """The code within a sentence: `51 (insufficient funds)`."""
    name = name_of(code)
    if not name:
        return code
    return f"{code} ({name if name[:2].isupper() else name[:1].lower() + name[1:]})"
