"""What one PC/SC program sees of every call, with and without a card, with senseless arguments, and when the card goes away;
as one JSON object. Run against two services and compared. argv[1]: the reader's name. Card: the fake chip of test/virtual.
Asks its test, by a line "insert" or "remove" on standard output and an empty line back, to lay the card in the reader or take it out."""
import json
import sys
import threading
import time
from smartcard.scard import *

READER = sys.argv[1]
T0, T1, RAW = SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, SCARD_PROTOCOL_RAW
ANY = T0 | T1
SET, GET = [0, 0x20, 0, 7], [0, 0x21, 0, 0]
SHARES = {"exclusive": SCARD_SHARE_EXCLUSIVE, "shared": SCARD_SHARE_SHARED, "direct": SCARD_SHARE_DIRECT, "0": 0, "7": 7}
NOWHERE = 0x12345678
out = {}


def code(value):
    return "0x%08x" % (value & 0xFFFFFFFF)


def context():
    rv, ctx = SCardEstablishContext(SCARD_SCOPE_SYSTEM)
    assert rv == 0, code(rv)
    return ctx


def transmit(card, command, pci=SCARD_PCI_T1):
    rv, answer = SCardTransmit(card, pci, command)
    return [code(rv), len(answer), bytes(answer).hex()[-20:]]


def status(card):
    rv, name, state, protocol, atr = SCardStatus(card)
    return [code(rv), name, state & 0xFFFF, protocol, bytes(atr).hex()] if rv == 0 else [code(rv)]


def event(ctx):
    rv, [(_, state, atr)] = SCardGetStatusChange(ctx, 0, [(READER, SCARD_STATE_UNAWARE)])
    return [code(rv), state & 0xFFFF, bytes(atr).hex()]


def ask(what):
    """Has the test change the reader, and waits until the service has seen it."""
    print(what, flush=True)
    sys.stdin.readline()
    wanted = SCARD_STATE_PRESENT if what == "insert" else SCARD_STATE_EMPTY
    ctx = context()
    deadline = time.time() + 10
    while SCardGetStatusChange(ctx, 0, [(READER, SCARD_STATE_UNAWARE)])[1][0][1] & wanted == 0:
        assert time.time() < deadline, what
        time.sleep(0.02)
    SCardReleaseContext(ctx)


def every_call(card):
    """Each call that takes a handle, in an order that changes nothing for the next."""
    return {
        "status": status(card),
        "begin": code(SCardBeginTransaction(card)),
        "transmit": transmit(card, GET),
        "end": code(SCardEndTransaction(card, SCARD_LEAVE_CARD)),
        "control": code(SCardControl(card, 0x42000001, [])[0]),
        "unknown attribute": code(SCardGetAttrib(card, 0x7FFF7777)[0]),
        "set attribute": code(SCardSetAttrib(card, SCARD_ATTR_VENDOR_NAME, [1])),
    }


def connects(ctx):
    """Every mode with every choice of protocols; what is opened is looked at and closed."""
    seen = {}
    for name, share in SHARES.items():
        for protocols in (0, T0, T1, ANY, RAW, ANY | RAW, 16):
            rv, card, protocol = SCardConnect(ctx, READER, share, protocols)
            seen["%s %d" % (name, protocols)] = [code(rv)] + ([protocol, status(card)] if rv == 0 else [])
            if rv == 0:
                SCardDisconnect(card, SCARD_UNPOWER_CARD)
    return seen


a, b = context(), context()

# Without a card.
out["readers"] = [code(SCardListReaders(a, [])[0]), SCardListReaders(a, [])[1]]
out["groups"] = [code(SCardListReaderGroups(a)[0]), SCardListReaderGroups(a)[1]]
out["event without a card"] = event(a)
out["connect without a card"] = connects(a)
rv, card, _ = SCardConnect(a, READER, SCARD_SHARE_DIRECT, 0)
out["direct without a card"] = every_call(card)
for name, share in SHARES.items():
    out["reconnect without a card " + name] = code(SCardReconnect(card, share, ANY, SCARD_LEAVE_CARD)[0])
ask("insert")
out["direct, then a card"] = every_call(card)
# Whether a card nobody has asked still has power is a question of time.
del out["direct, then a card"]["status"]
out["direct to shared"] = [code(SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)[0]), every_call(card)]
out["disconnect"] = code(SCardDisconnect(card, SCARD_LEAVE_CARD))
out["disconnect again"] = code(SCardDisconnect(card, SCARD_LEAVE_CARD))

# With a card, at rest and in use.
time.sleep(0.1)
out["connect"] = connects(a)
rv, card, _ = SCardConnect(a, READER, SCARD_SHARE_SHARED, ANY)
out["shared"] = every_call(card)
out["event in use"] = event(b)
rv, other, protocol = SCardConnect(b, READER, SCARD_SHARE_DIRECT, 0)
out["direct beside shared"] = [code(rv), protocol, every_call(other), event(b)]
out["still direct"] = status(other)
SCardDisconnect(other, SCARD_LEAVE_CARD)
out["connect beside shared"] = {}
for name, share in SHARES.items():
    for protocols in (0, T0, T1):
        rv, other, protocol = SCardConnect(b, READER, share, protocols)
        out["connect beside shared"]["%s %d" % (name, protocols)] = [code(rv)] + ([protocol] if rv == 0 else [])
        if rv == 0:
            SCardDisconnect(other, SCARD_LEAVE_CARD)

SCardReconnect(card, SCARD_SHARE_SHARED, RAW, SCARD_LEAVE_CARD)
out["raw"] = [status(card), transmit(card, GET), transmit(card, GET, SCARD_PCI_RAW)]
rv, other, protocol = SCardConnect(b, READER, SCARD_SHARE_SHARED, ANY)
out["any beside raw"] = code(rv)
SCardDisconnect(card, SCARD_LEAVE_CARD)
out["any after raw"] = code(SCardConnect(b, READER, SCARD_SHARE_SHARED, ANY)[0])
rv, card, protocol = SCardConnect(a, READER, SCARD_SHARE_SHARED, RAW)
out["raw again"] = [code(rv), protocol, code(SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_RESET_CARD)[0]), status(card)]

# Senseless dispositions, modes, handles and contexts.
for what in (SCARD_EJECT_CARD, 4, 99):
    SCardBeginTransaction(card)
    out["end with %d" % what] = [code(SCardEndTransaction(card, what)), status(card)]
    out["end after end with %d" % what] = code(SCardEndTransaction(card, SCARD_LEAVE_CARD))
    out["reconnect with %d" % what] = [code(SCardReconnect(card, SCARD_SHARE_SHARED, ANY, what)[0]), status(card)]
    transmit(card, SET)
    out["disconnect with %d" % what] = code(SCardDisconnect(card, what))
    SCardDisconnect(card, SCARD_LEAVE_CARD)
    rv, card, _ = SCardConnect(a, READER, SCARD_SHARE_SHARED, ANY)
    out["after disconnect with %d" % what] = [status(card), transmit(card, GET)]
for name, share in SHARES.items():
    for protocols in (0, T0, T1, ANY, RAW, 16):
        for initialization in (SCARD_LEAVE_CARD, SCARD_RESET_CARD, SCARD_UNPOWER_CARD):
            SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_UNPOWER_CARD)
            rv, protocol = SCardReconnect(card, share, protocols, initialization)
            key = "reconnect %s %d %d" % (name, protocols, initialization)
            out[key] = [code(rv)] + ([protocol] if rv == 0 else []) + [status(card), transmit(card, GET), event(b)]
SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_UNPOWER_CARD)
out["handle of nobody"] = [code(SCardStatus(NOWHERE)[0]), code(SCardBeginTransaction(NOWHERE)), transmit(NOWHERE, GET)[0]]
out["context of nobody"] = [code(SCardIsValidContext(NOWHERE)), code(SCardReleaseContext(NOWHERE)), code(SCardCancel(NOWHERE))]
out["scopes"] = [code(SCardEstablishContext(scope)[0]) for scope in (0, 1, 2, 3, 4, 99)]
out["empty name"] = code(SCardConnect(a, "", SCARD_SHARE_SHARED, ANY)[0])
out["name of 127"] = code(SCardConnect(a, "x" * 127, SCARD_SHARE_SHARED, ANY)[0])
out["name of 128"] = code(SCardConnect(a, "x" * 128, SCARD_SHARE_SHARED, ANY)[0])

# Commands of every length: a chip that echoes what comes after five bytes, and one that answers with any length.
SCardDisconnect(card, SCARD_LEAVE_CARD)
rv, card, _ = SCardConnect(a, READER, SCARD_SHARE_SHARED, ANY)
out["lengths of commands"] = {}
for length in (2, 3, 4, 5, 261, 262, 4096, 32767, 65533):
    SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)
    out["lengths of commands"][length] = transmit(card, ([0, 0x0E, 0, 0, 0] + [length % 251] * length)[:length])
SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)
out["lengths of answers"] = {}
for length in (0, 254, 255, 256, 257, 4096, 32767, 32768, 65533):
    out["lengths of answers"][length] = transmit(card, [0, 0xB0, length >> 8, length & 255, 0])
for pci, name in ((SCARD_PCI_T0, "T=0"), (SCARD_PCI_RAW, "raw")):
    out["transmit as " + name] = transmit(card, GET, pci)
SCardDisconnect(card, SCARD_LEAVE_CARD)

# Cancels.
out["cancel without a wait"] = code(SCardCancel(a))
start = time.time()
out["wait after that"] = [code(SCardGetStatusChange(a, 200, [(READER, SCARD_STATE_PRESENT)])[0]), time.time() - start < 5]
current = event(a)[1]
out["no readers to wait for"] = code(SCardGetStatusChange(a, 0, [])[0])
out["ignored"] = code(SCardGetStatusChange(a, 100, [(READER, SCARD_STATE_IGNORE)])[0])
codes = []
for i in range(20):
    rv, ctx = SCardEstablishContext(SCARD_SCOPE_SYSTEM)
    timer = threading.Timer(0.002 * i, lambda: [SCardCancel(ctx), time.sleep(0.05), SCardCancel(ctx)])
    timer.start()
    codes.append(code(SCardGetStatusChange(ctx, 5000, [(READER, current)])[0]))
    timer.join()
    SCardReleaseContext(ctx)
out["cancelled at any time"] = codes

# The card goes while handles are open, one of them in a transaction, one waiting for it, one waiting for a change.
rv, card, _ = SCardConnect(a, READER, SCARD_SHARE_SHARED, ANY)
rv, other, _ = SCardConnect(b, READER, SCARD_SHARE_SHARED, ANY)
out["begin"] = code(SCardBeginTransaction(card))
transmit(card, SET)
waited = {}
third = context()
present = event(third)[1]


def blocked():
    waited["begin"] = code(SCardBeginTransaction(other))


def watching():
    rv, [(_, state, atr)] = SCardGetStatusChange(third, 8000, [(READER, present)])
    waited["change"] = [code(rv), state & 0xFFFF & ~SCARD_STATE_INUSE, bytes(atr).hex()]


threads = [threading.Thread(target=blocked), threading.Thread(target=watching)]
for thread in threads:
    thread.start()
time.sleep(0.3)
ask("remove")
threads[1].join()
out["removed: event"] = event(third)
out["removed: status"] = status(card)
out["removed: transmit"] = transmit(card, GET)
out["removed: begin"] = code(SCardBeginTransaction(card))
out["removed: end"] = code(SCardEndTransaction(card, SCARD_LEAVE_CARD))
out["removed: reconnect"] = code(SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)[0])
out["removed: control"] = code(SCardControl(card, 0x42000001, [])[0])
out["removed: connect"] = code(SCardConnect(third, READER, SCARD_SHARE_SHARED, ANY)[0])
ask("insert")
out["a new card: status"] = status(card)
out["a new card: transmit"] = transmit(card, GET)
out["a new card: reconnect"] = [code(SCardReconnect(card, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)[0]), transmit(card, GET)]
out["a new card: end"] = code(SCardEndTransaction(card, SCARD_LEAVE_CARD))
SCardDisconnect(card, SCARD_LEAVE_CARD)
SCardReleaseContext(a)
threads[0].join(timeout=5)
out["what the others saw"] = [waited, threads[0].is_alive()]
out["a new card: the other"] = every_call(other)
SCardReleaseContext(b)
out["handle after its context"] = status(other)

print(json.dumps(out), flush=True)
