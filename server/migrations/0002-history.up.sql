CREATE TABLE `event` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`host_id` integer NOT NULL,
	`thing_id` integer,
	`at_ms` integer NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`before` text,
	`after` text,
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE INDEX `event_by_host_and_time` ON `event` (`host_id`,`at_ms`);
CREATE TABLE `gap` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`host_id` integer NOT NULL,
	`stream_id` integer NOT NULL,
	`from_sequence` integer NOT NULL,
	`to_sequence` integer NOT NULL,
	`from_ms` integer NOT NULL,
	`to_ms` integer NOT NULL,
	`reason` text NOT NULL,
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`stream_id`) REFERENCES `stream`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE INDEX `gap_by_host_and_time` ON `gap` (`host_id`,`to_ms`);
CREATE UNIQUE INDEX `gap_once` ON `gap` (`stream_id`,`from_sequence`,`to_sequence`);
CREATE TABLE `journal` (
	`id` integer PRIMARY KEY NOT NULL,
	`body` blob NOT NULL
);
CREATE TABLE `thing` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`scope` text NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL
);
CREATE INDEX `thing_by_key` ON `thing` (`scope`,`kind`,`key`);
CREATE TABLE `thing_host` (
	`thing_id` integer NOT NULL,
	`host_id` integer NOT NULL,
	`first_at_ms` integer NOT NULL,
	`last_at_ms` integer NOT NULL,
	PRIMARY KEY(`host_id`, `thing_id`),
	FOREIGN KEY (`thing_id`) REFERENCES `thing`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`host_id`) REFERENCES `host`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE INDEX `host_of_thing` ON `thing_host` (`thing_id`);
CREATE TABLE `tier_fine` (
	`id` integer PRIMARY KEY NOT NULL,
	`body` blob NOT NULL
);
CREATE TABLE `tier_hour` (
	`id` integer PRIMARY KEY NOT NULL,
	`body` blob NOT NULL
);
CREATE TABLE `tier_minute` (
	`id` integer PRIMARY KEY NOT NULL,
	`body` blob NOT NULL
);
CREATE TABLE `tier_ten_minutes` (
	`id` integer PRIMARY KEY NOT NULL,
	`body` blob NOT NULL
);
CREATE TABLE `unrolled` (
	`tier` integer NOT NULL,
	`id` integer NOT NULL,
	PRIMARY KEY(`tier`, `id`)
);
ALTER TABLE `stream` ADD `ranges` text;
ALTER TABLE `stream` ADD `received_at_ms` integer;
-- which samples are stored is kept per stream from now on: each run of numbers without a hole is "first-last"
UPDATE stream SET
	ranges = (
		SELECT group_concat(first || '-' || last, ' ')
		FROM (
			SELECT min(sequence) AS first, max(sequence) AS last
			FROM (
				SELECT sequence, sequence - row_number() OVER (ORDER BY sequence) AS island
				FROM sample WHERE stream_id = stream.id
			)
			GROUP BY island ORDER BY first
		)
	),
	received_at_ms = (SELECT max(received_at_ms) FROM sample WHERE stream_id = stream.id);
