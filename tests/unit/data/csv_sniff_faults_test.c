/* Rows that must not be lost: files with an odd word in a column of numbers, with
 * names that are years, with text all over, with '#' in front of a name. Each was
 * once read with rows taken for a preamble, names, units or comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "data/csv_dialect.h"

/* The description of what is found, which must be found again when it is given. */
static char *describe(const char *bytes, size_t n, orr_csv_dialect *d) {
  orr_arena arena = {0};
  orr_csv_dialect again;
  orr_value dict;
  orr_options options;
  orr_error e = {0};
  orr_text text = {0}, second = {0};
  if (orr_csv_sniff(bytes, n, true, NULL, &arena, d, &e)) fail_msg("%s", e.message);
  orr_csv_dialect_describe(d, &text);
  assert_int_equal(orr_csv_dialect_to_value(d, &arena, &dict, &e), ORR_OK);
  assert_int_equal(
      orr_options_init(&options, orr_csv_options, orr_csv_options_count, &dict, NULL, &arena, &e), ORR_OK);
  assert_int_equal(orr_csv_sniff(bytes, n, true, &options, &arena, &again, &e), ORR_OK);
  orr_csv_dialect_describe(&again, &second);
  assert_string_equal(text.data, second.data);
  orr_text_fini(&second);
  orr_arena_fini(&arena);
  return text.data;
}

static size_t wrong(const char *bytes, const char *dialect) {
  orr_csv_dialect d;
  char *found = describe(bytes, strlen(bytes), &d);
  size_t differs = strcmp(found, dialect) != 0;
  if (differs) print_error("%.80s\n  expected %s\n  found    %s\n", bytes, dialect, found);
  orr_free(found);
  return differs;
}

static void assert_all(const char *const *files, size_t n, const char *dialect) {
  size_t differ = 0;
  for (size_t i = 0; i < n; i++) differ += wrong(files[i], dialect);
  assert_int_equal(differ, 0);
}

#define ASSERT_PLAIN(files) assert_all(files, sizeof(files) / sizeof *(files), "delimiter ',', utf-8")

static void an_odd_word_further_down(void **state) {
  (void)state;
  static const char *const files[] = {
      "name,v\na,1\nb,2\nc,n.d.\nd,4\ne,5\nf,6\n",
      "a,b\n1,1\n2,2\na,b\n3,3\n4,4\n",
      "s,v\nS0,(0.5)\nS1,1.5\nS2,2.5\nS3,(3.5)\nS4,4.5\nS5,5.5\n",
      "id,v\ns0,0\ns1,1\ns2,2\ns3,3\ns4,12 (est)\ns5,5\ns6,6\n",
      "name,v,w\na,1,\nb,2,\nc,n.d.,n.d.\nd,4,4\ne,5,5\nf,6,6\n",
      "date,v\n2021-01-01,1\n2021-01-02,2\n2021-01-03,n.d.\n2021-01-04,4\n2021-01-05,4\n",
      "Sample,Conc (mg/L)\n\nS1,1.2\nS2,<0.5\nS3,n.d.\n\nS4,2.2\nS5,3.1\nS6,4.5\n",
  };
  ASSERT_PLAIN(files);
}

static void words_in_the_first_rows(void **state) {
  (void)state;
  static const char *const files[] = {
      "name,age,height\nAnna,unknown,unknown\nBen,23,180\nCem,34,177\nDia,45,166\n",
      "id,site,v\ns0,a0,bdl\ns1,a1,bdl\ns2,a2,bdl\ns3,a0,3\ns4,a1,4\ns5,a2,5\ns6,a0,6\n",
      "site,as,pb\nA,<0.5,<1\nB,<0.5,<1\nC,n.d.,n.d.\nD,2.1,3.3\nE,1.1,4.4\nF,0.9,2.2\n",
      "city,pop\nParis,unknown\nRome,3\nOslo,4\n",
      "species,n,mass\nA,---,---\nB,3,4.5\nC,4,5.5\n",
      "name,dtype,n\nfoo,int,\nbar,float,3\nbaz,str,4\nqux,int,5\n",
      "lang,iso,n\nEnglish,en,\nGerman,de,\nDutch,nl,3\nDanish,da,4\n",
      "id,val\nmax,\nmin,\na,3\nb,4\n",
      "k,v\nh,\ns,\nx,3\ny,4\n",
      "method,unit,v\nmin,max,NA\nA,s,2\nB,m,3\nC,kg,4\n",
      "site,val\nS1,below LOD\nS2,1.2\nS3,2.2\n",
      "site,val\nS1,n.d.\nS2,1\nS3,2\n",
      "t,x\nstart,0\n1,2\n2,3\n3,4\n4,5\n",
      "name,v1,v2\nNorth,,\na,1,2\nb,2,3\nSouth,,\nc,3,4\nd,4,5\n",
      "x,,y,,\n1,2,3,4,5\n2,2,3,4,5\n3,2,3,4,5\n",
  };
  ASSERT_PLAIN(files);
}

static void text_all_over(void **state) {
  (void)state;
  static const char *const files[] = {
      "sex,smoker\nm,no\nf,yes\nf,no\nm,yes\nf,no\n",
      "sex,smoker\nm,n\nf,y\nf,n\nm,y\nf,n\n",
      "size,color,grade\nL,red,A\nXL,blue,B\nXS,green,C\n",
      "element,symbol\nhydrogen,H\nhelium,He\nlithium,Li\nberyllium,Be\n",
      "from,to\nm,s\na,b\nc,d\ne,f\n",
      "Alpha,Beta\nA,alpha\nB,beta\n",
      "sex,smoker,m\nm,s,m\nf,n,g\nm,n,s\nf,s,m\n",
      "sample,grade\nm,pass\nq,fail\nr,pass\n",
  };
  ASSERT_PLAIN(files);
  orr_text labels = {0};
  orr_text_add(&labels, "code,label\nA,alpha\n");
  for (int i = 0; i < 200; i++) orr_text_printf(&labels, "B%d,beta%d\n", i, i);
  assert_int_equal(wrong(labels.data, "delimiter ',', utf-8"), 0);
  orr_text_fini(&labels);
}

static void numbers_that_are_names(void **state) {
  (void)state;
  static const char *const files[] = {
      "Region,2019,2020\nA,10,11\nB,20,21\nC,5,6\n",
      "Country,2019,2020,2021\nAT,5,6,7\nBE,4,9,8\n",
      "Region,2000,2005,2010,2015,2018,2019\nA,1,2,3,4,5,6\nB,1,2,3,4,5,6\n",
      "Region,2021,2020,2019,2018\nA,1,2,3,4\nB,4,3,2,1\n",
      "Region,2018,2019,2020,Change\nA,1,2,3,4\nB,4,3,2,1\n",
      "time,-0.5,-1,-2,-5\n0,1.5,1.6,1.4,1.2\n1,1.5,1.1,1.4,1.3\n2,1.2,1.6,1.4,1.5\n",
      "sample,class,410.5,435.2,460.9\nA,x,0.1,0.3,0.2\nB,y,0.4,0.3,0.5\nC,x,0.1,0.2,0.15\n",
  };
  static const char *const data[] = {
      "g1,0.1,0.5,0.8\ng2,0.3,0.2,0.8\ng3,0.3,0.4,0.1\n",
      "War,1939,1945\nFall,1989,1990\nUnion,1993,1995\n",
  };
  ASSERT_PLAIN(files);
  assert_all(data, 2, "delimiter ',', no header, utf-8");
}

static void units_below_numbers(void **state) {
  (void)state;
  static const char *const files[] = {
      "x-axis,1,2\nsecond,Volt,Volt\n0,1.5,2.5\n1,1.6,2.6\n",
      "Source,CH1\nSecond,Volt\n0,1.5\n1,1.6\n",
      "Name,Dose,Resp\n,mg,%\nm0,0,0\nm1,10,1\nm2,20,2\n",
      "sample,n,flux\nid,[#],[W+1m-2]\na,1,0.5\nb,2,0.6\nc,2,0.7\n",
  };
  assert_all(files, sizeof files / sizeof *files, "delimiter ',', units below the names, utf-8");
  assert_int_equal(wrong("Site,Temp,,Hum,\n,min,max,min,max\nS0,0,5,0,9\nS1,1,6,1,10\nS2,2,7,2,11\n",
                         "delimiter ',', 2 rows of names, utf-8"),
                   0);
}

static void rows_of_several_widths(void **state) {
  (void)state;
  static const char *const files[] = {
      "t,temp\n0,20.1\n1,20.2\n2,20.3,7\n3,20.4,8\n4,20.5,9\n5,20.4,9\n",
      "a,b\n1,1\n2,2\n3,3\n\nx,y,z\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n5,5,5\n",
  };
  ASSERT_PLAIN(files);
}

static void signs_within_cells(void **state) {
  (void)state;
  static const char *const files[][2] = {
      {"id;json\n0;{\"a\":1,\"b\":2}\n1;{\"a\":1,\"b\":2}\n2;{\"a\":1,\"b\":2}\n3;{\"a\":1,\"b\":2}\n",
       "delimiter ';', utf-8"},
      {"pipe,len\n1\" steel,3\n2\" steel,3\n3\" steel,3\n4\" steel,3\n5\" steel,3\n6\" steel,3\n",
       "delimiter ',', utf-8"},
      {"id;list\ng0;a,b\ng1;a,b\ng2;a,b\ng3;a,b\ng4;a,b\ng5;a,b\n", "delimiter ';', utf-8"},
      {"id\tterms\ng0\tGO:1;GO:2\ng1\tGO:1;GO:2\ng2\tGO:1;GO:2\ng3\tGO:1;GO:2\n", "delimiter tab, utf-8"},
      {"chrom\tattr\nchr0\tID=g0;Name=x\nchr1\tID=g1;Name=x\nchr2\tID=g2;Name=x\n", "delimiter tab, utf-8"},
      {"# Program: counts; Command: \"x\" \"-a\"\nGeneid\tChr\tStart\tStrand\tLength\tn\n"
       "E0\tchr1;chr1\t0;5\t+;+\t100\t0\nE1\tchr1;chr1\t1;6\t+;+\t101\t3\nE2\tchr1;chr1\t2;7\t+;+\t102\t6\n",
       "delimiter tab, comments after #, utf-8"},
  };
  size_t differ = 0;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) differ += wrong(files[i][0], files[i][1]);
  assert_int_equal(differ, 0);
}

static void comments_that_are_none(void **state) {
  (void)state;
  orr_text many = {0};
  size_t differ =
      wrong("# export\ntag,n\nT1,1\n#2,2\nT3,3\nT4,4\nT5,5\nT6,6\nT7,7\nT8,8\nT9,9\nT10,10\nT11,11\n",
            "delimiter ',', 1 line before the header, utf-8");
  for (int i = 0; i < 5000; i++) orr_text_printf(&many, "# a comment, number %d\n", i);
  orr_text_add(&many, "t,v\n0,1.5\n1,2.5\n2,1.5\n");
  differ += wrong(many.data, "delimiter ',', comments after #, utf-8");
  orr_text_fini(&many);
  assert_int_equal(differ, 0);
}

/* One option or two given; how many lines are skipped. */
static size_t skipped_with_header(const char *bytes, const char *delimiter, int64_t header) {
  orr_pair pairs[] = {{"header", {.kind = ORR_INTEGER, .integer = header}},
                      {"delimiter", orr_value_of_string(delimiter)}};
  orr_value dict = {.kind = ORR_DICT, .count = 2, .pairs = pairs};
  orr_arena arena = {0};
  orr_options options;
  orr_csv_dialect d;
  orr_error e = {0};
  assert_int_equal(
      orr_options_init(&options, orr_csv_options, orr_csv_options_count, &dict, NULL, &arena, &e), ORR_OK);
  assert_int_equal(orr_csv_sniff(bytes, strlen(bytes), true, &options, &arena, &d, &e), ORR_OK);
  orr_arena_fini(&arena);
  return d.skip;
}

static void a_given_header_skips_nothing(void **state) {
  (void)state;
  assert_int_equal(skipped_with_header("a,b,c\n1,x\\, y,2.5\n2,z,3.5\n", ",", 1), 0);
  assert_int_equal(skipped_with_header("name,v\na,1\nb,2\nc,n.d.\nd,4\ne,5\nf,6\n", ",", 1), 0);
  assert_int_equal(skipped_with_header("name,v\na,1\nb,2\nc,n.d.\nd,4\ne,5\nf,6\n", ",", 0), 0);
  assert_int_equal(skipped_with_header("a,b\n1,2\n3,4\n", ",", 2), 0);
  assert_int_equal(skipped_with_header("Title\na,b\n1,2\n3,4\n", ",", 1), 1);
}

static void preambles_stay_preambles(void **state) {
  (void)state;
  static const char *const files[][2] = {
      {"Operator,Smith\nWavelength,Intensity\n400.1,12.5\n400.2,12.6\n400.3,12.1\n",
       "delimiter ',', 1 line before the header, utf-8"},
      {"Site,Davos,\nname,a,b\nx,1,2\ny,2,3\nz,2,4\n", "delimiter ',', 1 line before the header, utf-8"},
      {"Gain,5\nOffset,3\n\nname,v\na,1\nb,2\nc,3\nd,4\n", "delimiter ',', 3 lines before the header, utf-8"},
      {"Run 12\nSite,Davos\nname,a,b\nx,1,2\ny,2,3\nz,2,4\n",
       "delimiter ',', 2 lines before the header, utf-8"},
      {"Instrument,HR4000\nIntegration,100\nAverages,10\n400.1,12.5\n400.2,12.6\n400.3,12.1\n",
       "delimiter ',', 3 lines before the data, no header, utf-8"},
      {"Time\tForce\nt\tF\ns\tN\n0.0\t0.1\n0.1\t0.2\n0.2\t0.4\n",
       "delimiter tab, 1 line before the header, units below the names, utf-8"},
  };
  size_t differ = 0;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) differ += wrong(files[i][0], files[i][1]);
  assert_int_equal(differ, 0);
}

static void what_is_left_out_is_noted(void **state) {
  (void)state;
  static const char two[] =
      "0,0\n1,3\n2,6\n\nx,y,z,w\n0,0,0,0\n1,1,1,1\n2,2,2,2\n3,3,3,3\n4,4,4,4\n5,5,5,5\n";
  static const char plain[] = "title\n\nx,y\nm,s\n1,2\n2,3\n";
  orr_csv_dialect d;
  orr_free(describe(two, sizeof two - 1, &d));
  assert_int_equal(d.skip, 4);
  assert_int_equal(d.suspects, 2);
  assert_int_equal(d.suspect_lines[0], 2);
  assert_int_equal(d.suspect_lines[1], 3);
  orr_free(describe(plain, sizeof plain - 1, &d));
  assert_int_equal(d.suspects, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_odd_word_further_down),
      cmocka_unit_test(words_in_the_first_rows),
      cmocka_unit_test(text_all_over),
      cmocka_unit_test(numbers_that_are_names),
      cmocka_unit_test(units_below_numbers),
      cmocka_unit_test(rows_of_several_widths),
      cmocka_unit_test(signs_within_cells),
      cmocka_unit_test(comments_that_are_none),
      cmocka_unit_test(a_given_header_skips_nothing),
      cmocka_unit_test(what_is_left_out_is_noted),
      cmocka_unit_test(preambles_stay_preambles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
