"""pyscard's own layers on a card in the reader argv[1]: JPKI application, tries of the auth PIN, a signature over 'pyscard'."""
import hashlib
import json
import sys
from smartcard.System import readers
from smartcard.util import toHexString

reader = next(reader for reader in readers() if str(reader) == sys.argv[1])
connection = reader.createConnection()
connection.connect()


def send(*command):
    data, sw1, sw2 = connection.transmit(list(command))
    return bytes(data), "%02x%02x" % (sw1, sw2)


def expect(result, sw="9000"):
    assert result[1] == sw, result[1]
    return result[0]


AID = bytes.fromhex("D392F000260100000001")
expect(send(0x00, 0xA4, 0x04, 0x0C, len(AID), *AID))
expect(send(0x00, 0xA4, 0x02, 0x0C, 2, 0x00, 0x18))
tries = send(0x00, 0x20, 0x00, 0x80)[1]
wrong = send(0x00, 0x20, 0x00, 0x80, 4, *b"0000")[1]
expect(send(0x00, 0x20, 0x00, 0x80, 4, *b"1234"))
expect(send(0x00, 0xA4, 0x02, 0x0C, 2, 0x00, 0x17))
info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(b"pyscard").digest()
signature = expect(send(0x80, 0x2A, 0x00, 0x80, len(info), *info, 0))
atr = toHexString(connection.getATR()).replace(" ", "").lower()
print(json.dumps({"tries": tries, "wrong": wrong, "signature": signature.hex(), "atr": atr}))
