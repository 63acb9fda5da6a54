"""A program in Python, tested with simulated cards: PC/SC through pyscard, the readers driven through the control API.

    /usr/bin/python3 docs/examples/python_test.py          (Debian: apt-get install python3-pyscard)

MADOGUCHI says how to start the command; without it, `npx madoguchi`."""
import http.client
import json
import os
import shlex
import socket
import subprocess
import tempfile
import unittest
from urllib.parse import quote

READER = "窓口 Counter"
AT_THE_READER = "/readers/" + READER
FOLDER = tempfile.TemporaryDirectory()
PCSC, CONTROL = FOLDER.name + "/pcsc", FOLDER.name + "/control"
# Before pyscard is imported: the client library looks at it once.
os.environ["PCSCLITE_CSOCK_NAME"] = PCSC

from smartcard.Exceptions import CardConnectionException, NoCardException  # noqa: E402
from smartcard.System import readers  # noqa: E402

SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
SELECT_PIN = bytes.fromhex("00A4020C020018")
TRIES = bytes.fromhex("00200080")
WRONG_PIN = bytes.fromhex("002000800439393939")


class Control(http.client.HTTPConnection):
    """HTTP on a Unix socket."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(CONTROL)


def control(method, path, body=None):
    connection = Control("control")
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, quote(path), text, {"content-type": "application/json"})
        answer = connection.getresponse()
        read = answer.read()
        assert answer.status < 300, read
        return json.loads(read) if read else None
    finally:
        connection.close()


def send(card, command):
    data, sw1, sw2 = card.transmit(list(command))
    return "%02X%02X" % (sw1, sw2)


def setUpModule():
    global service
    command = shlex.split(os.environ.get("MADOGUCHI", "npx madoguchi"))
    service = subprocess.Popen(
        command + ["readers", "--reader", READER, "--socket", PCSC, "--control", CONTROL],
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in service.stdout:
        if line.startswith("pcsc"):  # the last line: everything listens
            return
    raise RuntimeError("the readers did not start")


def tearDownModule():
    service.terminate()
    service.wait()
    service.stdout.close()
    FOLDER.cleanup()


class WithACard(unittest.TestCase):
    """A fresh card of the profile `resident` for every test; its PINs and names are a specimen's."""

    def setUp(self):
        control("POST", AT_THE_READER + "/insert", {"card": "resident"})
        [reader] = [reader for reader in readers() if reader.name == READER]
        self.card = reader.createConnection()
        self.card.connect()
        self.assertEqual(send(self.card, SELECT_JPKI), "9000")
        self.assertEqual(send(self.card, SELECT_PIN), "9000")

    def tearDown(self):
        self.card.disconnect()
        if control("GET", "/readers")[0]["card"] != "absent":
            control("POST", AT_THE_READER + "/remove")

    def test_a_wrong_pin_spends_one_try(self):
        self.assertEqual(send(self.card, TRIES), "63C3")
        self.assertEqual(send(self.card, WRONG_PIN), "63C2")
        self.assertEqual(send(self.card, TRIES), "63C2")

    def test_the_card_is_pulled_in_mid_command(self):
        control("POST", AT_THE_READER + "/faults", {"kind": "pull"})
        with self.assertRaises(CardConnectionException):
            send(self.card, TRIES)
        with self.assertRaises(NoCardException):
            readers()[0].createConnection().connect()

    def test_what_went_over_the_contacts(self):
        send(self.card, WRONG_PIN)
        [*_, last] = control("GET", "/trace")
        self.assertEqual((last["header"], last["sw"]), ("00200080", "63C2"))


if __name__ == "__main__":
    unittest.main()
