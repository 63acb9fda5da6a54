"""What PC/SC programs see of sharing, transactions, resets and waits, as one JSON object. Run against two services and
compared: whatever pcscd does, the service has to do. argv[1]: the reader's name. Card: the fake chip of test/virtual."""
import json
import sys
import threading
import time
from smartcard.scard import *

READER = sys.argv[1]
SET, GET = [0, 0x20, 0, 7], [0, 0x21, 0, 0]
ANY = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1
out = {}


def code(value):
    return "0x%08x" % (value & 0xFFFFFFFF)


def context():
    rv, ctx = SCardEstablishContext(SCARD_SCOPE_SYSTEM)
    assert rv == 0, code(rv)
    return ctx


def connect(ctx, share=SCARD_SHARE_SHARED, protocols=ANY, reader=READER):
    rv, card, protocol = SCardConnect(ctx, reader, share, protocols)
    return code(rv), card, protocol


def handle(ctx, share=SCARD_SHARE_SHARED):
    rv, card, _ = connect(ctx, share)
    assert rv == code(0), rv
    return card


def transmit(card, command, pci=SCARD_PCI_T1):
    rv, answer = SCardTransmit(card, pci, command)
    return [code(rv), bytes(answer).hex()]


def status(card):
    rv, name, state, protocol, atr = SCardStatus(card)
    return [code(rv), name, state & 0xFFFF, protocol, bytes(atr).hex()]


deadline = time.time() + 10
ctx = context()
while connect(ctx)[0] != code(0):
    assert time.time() < deadline, "no card"
    time.sleep(0.05)
SCardReleaseContext(ctx)

a, b = context(), context()

out["unknown reader"] = connect(a, reader="Nowhere")[0]
out["T=0 only"] = connect(a, protocols=SCARD_PROTOCOL_T0)[0]
out["protocol"] = connect(a)[2]

x = handle(a)
out["status"] = status(x)
out["wrong protocol"] = transmit(x, GET, SCARD_PCI_T0)
out["exclusive beside shared"] = connect(b, SCARD_SHARE_EXCLUSIVE)[0]
SCardReleaseContext(a)
a = context()
x = handle(a, SCARD_SHARE_EXCLUSIVE)
out["shared beside exclusive"] = connect(b)[0]
out["direct beside exclusive"] = connect(b, SCARD_SHARE_DIRECT)[0]
out["disconnect"] = code(SCardDisconnect(x, SCARD_LEAVE_CARD))

x, y = handle(a), handle(b)
out["end without begin"] = code(SCardEndTransaction(x, SCARD_LEAVE_CARD))
out["nested"] = [code(SCardBeginTransaction(x)), code(SCardBeginTransaction(x))]
order = []


def other():
    order.append(["begin", code(SCardBeginTransaction(y))])
    order.append(transmit(y, GET))
    order.append(["end", code(SCardEndTransaction(y, SCARD_LEAVE_CARD))])


waiting = threading.Thread(target=other)
waiting.start()
time.sleep(0.3)
out["set in transaction"] = transmit(x, SET)
out["end inner"] = code(SCardEndTransaction(x, SCARD_LEAVE_CARD))
time.sleep(0.3)
out["the other waits"] = order == []
out["end outer"] = code(SCardEndTransaction(x, SCARD_LEAVE_CARD))
waiting.join()
out["the other"] = order

for name, disposition in (("reset", SCARD_RESET_CARD), ("unpower", SCARD_UNPOWER_CARD)):
    SCardBeginTransaction(x)
    transmit(x, SET)
    out["end with " + name] = code(SCardEndTransaction(x, disposition))
    out["own after end with " + name] = transmit(x, GET)
    out["own end after that"] = code(SCardEndTransaction(x, SCARD_LEAVE_CARD))
    out["own reconnect after end with " + name] = code(SCardReconnect(x, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)[0])
    out["own state after end with " + name] = transmit(x, GET)
    out["status of the other after " + name] = code(SCardStatus(y)[0])
    out["begin of the other after " + name] = code(SCardBeginTransaction(y))
    out["transmit of the other after " + name] = transmit(y, GET)
    rv, protocol = SCardReconnect(y, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)
    out["reconnect of the other after " + name] = [code(rv), protocol]
    out["the other's state after " + name] = transmit(y, GET)

transmit(y, SET)
rv, protocol = SCardReconnect(y, SCARD_SHARE_SHARED, ANY, SCARD_RESET_CARD)
out["reconnect with reset"] = [code(rv), protocol, transmit(y, GET), code(SCardStatus(x)[0])]
SCardReconnect(x, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)

transmit(y, SET)
SCardDisconnect(x, SCARD_LEAVE_CARD)
out["state survives the other's disconnect"] = transmit(y, GET)
SCardDisconnect(y, SCARD_LEAVE_CARD)
y = handle(b)
out["state survives disconnect and connect"] = transmit(y, GET)
SCardDisconnect(y, SCARD_RESET_CARD)
y = handle(b)
out["reset by disconnect"] = transmit(y, GET)
x = handle(a)
SCardDisconnect(x, SCARD_RESET_CARD)
out["reset by the other's disconnect"] = transmit(y, GET)
SCardReconnect(y, SCARD_SHARE_SHARED, ANY, SCARD_LEAVE_CARD)

x = handle(a)
SCardBeginTransaction(x)
transmit(x, SET)
SCardReleaseContext(a)
out["context released in transaction"] = transmit(y, GET)
SCardReleaseContext(b)

a = context()
rv, [(_, event, atr)] = SCardGetStatusChange(a, 0, [(READER, SCARD_STATE_UNAWARE)])
out["status change"] = [code(rv), event & 0xFFFF, bytes(atr).hex()]
start = time.time()
rv, _ = SCardGetStatusChange(a, 200, [(READER, event)])
out["wait in vain"] = [code(rv), 0.15 < time.time() - start < 1]
threading.Timer(0.3, lambda: SCardCancel(a)).start()
rv, _ = SCardGetStatusChange(a, 5000, [(READER, event)])
out["cancelled wait"] = code(rv)
rv, _ = SCardGetStatusChange(a, 0, [("Nowhere", SCARD_STATE_UNAWARE)])
out["wait for an unknown reader"] = code(rv)
x = handle(a)
out["atr attribute"] = [code(v) if isinstance(v, int) else bytes(v).hex() for v in SCardGetAttrib(x, SCARD_ATTR_ATR_STRING)]
SCardReleaseContext(a)

print(json.dumps(out))
