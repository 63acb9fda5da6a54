"""PC/SC calls of one program, told line by line on standard input; each answered by its return code and what it gave.
connect READER · reconnect · disconnect [reset] · begin · end · status · transmit HEX"""
import sys
from smartcard.scard import *

ANY = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1
_, context = SCardEstablishContext(SCARD_SCOPE_SYSTEM)
card = 0
for line in sys.stdin:
    call, _, argument = line.rstrip("\n").partition(" ")
    gave = ""
    if call == "connect":
        rv, card, _ = SCardConnect(context, argument, SCARD_SHARE_SHARED, ANY)
    elif call == "reconnect":
        rv, _ = SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)
    elif call == "disconnect":
        rv = SCardDisconnect(card, SCARD_RESET_CARD if argument == "reset" else SCARD_LEAVE_CARD)
    elif call == "begin":
        rv = SCardBeginTransaction(card)
    elif call == "end":
        rv = SCardEndTransaction(card, SCARD_LEAVE_CARD)
    elif call == "status":
        rv = SCardStatus(card)[0]
    else:
        rv, answer = SCardTransmit(card, SCARD_PCI_T1, list(bytes.fromhex(argument)))
        gave = bytes(answer).hex() if rv == 0 else ""
    print(("%08x %s" % (rv & 0xFFFFFFFF, gave)).rstrip(), flush=True)
