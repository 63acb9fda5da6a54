"""One of many programs at one reader: takes the card, leaves its mark, sees that nobody else's mark came between, gives it back.
argv: reader, own number, how often, and "dies" for a program that ends in the middle of its last transaction.
Prints how often the mark was another's, how often somebody had reset the card, and the length of the longest answer."""
import os
import sys
from smartcard.scard import *

READER, OWN, TIMES, DIES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] == ["dies"]
ANY = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1
_, context = SCardEstablishContext(SCARD_SCOPE_SYSTEM)
rv, card, _ = SCardConnect(context, READER, SCARD_SHARE_SHARED, ANY)
assert rv == 0, hex(rv & 0xFFFFFFFF)
foreign = resets = longest = 0


def transmit(command):
    rv, answer = SCardTransmit(card, SCARD_PCI_T1, command)
    assert rv == 0, hex(rv & 0xFFFFFFFF)
    return answer


for turn in range(TIMES):
    while True:
        rv = SCardBeginTransaction(card)
        if rv == 0:
            break
        assert rv & 0xFFFFFFFF == SCARD_W_RESET_CARD & 0xFFFFFFFF, hex(rv & 0xFFFFFFFF)
        resets += 1
        assert SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)[0] == 0
    transmit([0, 0x20, 0, OWN])
    if DIES and turn == TIMES - 1:
        os._exit(0)
    for _ in range(5):
        foreign += transmit([0, 0x21, 0, 0]) != [OWN, 0x90, 0]
    if turn == 0:
        data = [OWN] * 65535
        answer = transmit([0, 0x0E, 0, 0, 0] + data)
        assert answer == data + [0x90, 0]
        longest = len(answer)
    assert SCardEndTransaction(card, SCARD_LEAVE_CARD) == 0
print(foreign, resets, longest)
