/*
 * Stands for a program that cannot run on the replayed host (zpool, zfs, smartctl, systemctl): prints the file that is
 * named like its call, or like its name with the first or the last argument alone, and takes as much processor time as
 * the real one is taken to need. No shell and no interpreter, which would cost time of their own and show up among the
 * programs that were run.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ANSWERS "/usr/lib/replay/"

static long processor_microseconds(void)
{
	struct timespec used;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * 1000000L + used.tv_nsec / 1000;
}

static int open_answer(const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, ANSWERS "%.250s", name);
	for (char *at = path + strlen(ANSWERS); *at; at++)
		if (*at == '/')
			*at = '_';
	return open(path, O_RDONLY);
}

static int open_answer_about(const char *program, const char *argument)
{
	char name[3000];
	snprintf(name, sizeof name, "%s %s", program, argument);
	return open_answer(name);
}

int main(int argc, char **argv)
{
	char name[3000] = "", buffer[65536];
	const char *program = strrchr(argv[0], '/');
	long length;
	int answer, cost;

	program = program ? program + 1 : argv[0];
	snprintf(name, sizeof name, "%s.microseconds", program);
	cost = open_answer(name);
	length = cost < 0 ? 0 : read(cost, buffer, sizeof buffer - 1);
	buffer[length < 0 ? 0 : length] = 0;
	while (processor_microseconds() < atol(buffer))
		;

	snprintf(name, sizeof name, "%s", program);
	for (int i = 1; i < argc; i++)
		snprintf(name + strlen(name), sizeof name - strlen(name), " %s", argv[i]);
	answer = open_answer(name);
	if (answer < 0 && argc > 1)
		answer = open_answer_about(program, argv[1]);
	if (answer < 0 && argc > 1)
		answer = open_answer_about(program, argv[argc - 1]);
	if (answer < 0) {
		fprintf(stderr, "no recorded answer: %s\n", name);
		return 3;
	}
	while ((length = read(answer, buffer, sizeof buffer)) > 0)
		if (write(1, buffer, length) != length)
			return 4;
	return 0;
}
