/* Times round trips: `pcsc READER N` through libpcsclite, `ping SOCKET N` over a bare Unix socket with messages as long as
 * TRANSMIT and its answer. Prints microseconds per round trip, median of ten batches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

enum { BATCHES = 10, REQUEST = 8 + 32 + 5, ANSWER = 32 + 2 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void fail(const char *what, long code) {
  fprintf(stderr, "%s: 0x%lx\n", what, code);
  exit(1);
}

static SCARDHANDLE card;
static int line;

static void transmit(void) {
  static const BYTE read_binary[] = {0x00, 0xB0, 0x00, 0x10, 0x10};
  BYTE answer[258];
  DWORD length = sizeof answer;
  LONG rv = SCardTransmit(card, SCARD_PCI_T1, read_binary, sizeof read_binary, NULL, answer, &length);
  if (rv != SCARD_S_SUCCESS || length < 2) fail("SCardTransmit", rv);
}

static void ping(void) {
  static char buffer[256];
  if (write(line, buffer, REQUEST) != REQUEST) fail("write", 0);
  for (int got = 0; got < ANSWER;) {
    ssize_t n = read(line, buffer, sizeof buffer);
    if (n <= 0) fail("read", n);
    got += n;
  }
}

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return d < 0 ? -1 : d > 0;
}

int main(int argc, char **argv) {
  if (argc != 4) fail("usage: pcsc READER N | ping SOCKET N", 0);
  void (*trip)(void) = strcmp(argv[1], "pcsc") == 0 ? transmit : ping;
  int trips = atoi(argv[3]);
  SCARDCONTEXT context;
  if (trip == transmit) {
    DWORD protocol;
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (rv != SCARD_S_SUCCESS) fail("SCardEstablishContext", rv);
    rv = SCardConnect(context, argv[2], SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, &card, &protocol);
    if (rv != SCARD_S_SUCCESS) fail("SCardConnect", rv);
  } else {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, argv[2], sizeof address.sun_path - 1);
    line = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(line, (struct sockaddr *)&address, sizeof address) != 0) fail("connect", 0);
  }
  double batch[BATCHES];
  for (int warm = 0; warm < trips / 10; warm++) trip();
  for (int i = 0; i < BATCHES; i++) {
    double start = now();
    for (int n = 0; n < trips / BATCHES; n++) trip();
    batch[i] = (now() - start) / (trips / BATCHES);
  }
  qsort(batch, BATCHES, sizeof *batch, ascending);
  printf("%.2f\n", (batch[BATCHES / 2 - 1] + batch[BATCHES / 2]) / 2);
  return 0;
}
