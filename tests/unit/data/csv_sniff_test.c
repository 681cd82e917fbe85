/* The CSV sniffer: files as instruments, loggers, surveys and spreadsheets write
 * them get the dialect that a careful person would give, and any dialect found,
 * given back as options, is found again exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "data/csv_dialect.h"

#define DATA "../shared/data/"

static bool has_same_words(const orr_csv_dialect *a, const orr_csv_dialect *b) {
  if (a->n_missing != b->n_missing) return false;
  for (size_t i = 0; i < a->n_missing; i++)
    if (strcmp(a->missing[i], b->missing[i])) return false;
  return true;
}

static bool are_same(const orr_csv_dialect *a, const orr_csv_dialect *b) {
  bool signs = !strcmp(a->delimiter, b->delimiter) && a->squeeze == b->squeeze && a->quote == b->quote &&
               a->escape == b->escape && a->stray_quotes == b->stray_quotes &&
               !strcmp(a->comment, b->comment);
  bool rows = a->skip == b->skip && a->header == b->header && a->header_comment == b->header_comment &&
              a->unit_row == b->unit_row && a->legend == b->legend && a->row_names == b->row_names &&
              a->trailing == b->trailing && a->trim == b->trim;
  return signs && rows && a->decimal == b->decimal && a->thousands == b->thousands &&
         a->encoding == b->encoding && a->mark == b->mark && has_same_words(a, b);
}

/* Sniffs a copy that ends where the allocation ends, so that reading past it is noticed. */
static orr_status sniff(const char *bytes, size_t n, bool whole, const orr_options *given, orr_arena *arena,
                        orr_csv_dialect *out, orr_error *e) {
  char *copy = malloc(n ? n : 1);
  memcpy(copy, bytes, n);
  orr_status status = orr_csv_sniff(copy, n, whole, given, arena, out, e);
  free(copy);
  return status;
}

static orr_status sniff_with(const char *bytes, size_t n, const orr_value *dict, orr_arena *arena,
                             orr_csv_dialect *out, orr_error *e) {
  orr_options options;
  orr_status status =
      orr_options_init(&options, orr_csv_options, orr_csv_options_count, dict, NULL, arena, e);
  return status ? status : sniff(bytes, n, true, &options, arena, out, e);
}

/* The options of a dialect, all of them and all but each one, must give it again. */
static void assert_found_again(const char *name, const char *bytes, size_t n, const orr_csv_dialect *d) {
  orr_arena arena = {0};
  orr_value dict;
  orr_csv_dialect again;
  orr_error e = {0};
  assert_int_equal(orr_csv_dialect_to_value(d, &arena, &dict, &e), ORR_OK);
  assert_int_equal(dict.count, orr_csv_options_count);
  if (sniff_with(bytes, n, &dict, &arena, &again, &e)) fail_msg("%s: %s", name, e.message);
  if (!are_same(d, &again)) fail_msg("%s: the options of its dialect give another", name);
  orr_arena_fini(&arena);
}

static char *describe(const char *name, const char *bytes, size_t n) {
  orr_arena arena = {0};
  orr_csv_dialect d;
  orr_error e = {0};
  orr_text text = {0};
  if (sniff(bytes, n, true, NULL, &arena, &d, &e)) orr_text_printf(&text, "error: %s", e.message);
  else {
    orr_csv_dialect_describe(&d, &text);
    assert_found_again(name, bytes, n, &d);
  }
  orr_arena_fini(&arena);
  return text.data;
}

typedef struct sample {
  const char *name, *bytes, *dialect;
} sample;

static void assert_samples(const sample *all, size_t n) {
  size_t wrong = 0;
  for (size_t i = 0; i < n; i++) {
    char *found = describe(all[i].name, all[i].bytes, strlen(all[i].bytes));
    if (strcmp(found, all[i].dialect)) {
      print_error("%s:\n  expected %s\n  found    %s\n", all[i].name, all[i].dialect, found);
      wrong++;
    }
    orr_free(found);
  }
  assert_int_equal(wrong, 0);
}

#define ASSERT_SAMPLES(all) assert_samples(all, sizeof(all) / sizeof *(all))

static void instruments(void **state) {
  (void)state;
  static const sample all[] = {
      {"European logger in Latin-1",
       "Messger\xe4t;Testo 174H\r\nSeriennummer;39512345\r\nOrt;K\xfchlraum\r\n\r\n"
       "Datum;Uhrzeit;Temperatur [\xb0"
       "C];Feuchte [%rF]\r\n"
       "01.03.2021;12:00:00;21,5;45,2\r\n01.03.2021;12:10:00;21,6;45,0\r\n01.03.2021;12:20:00;21,8;44,7\r\n",
       "delimiter ';', decimal comma, 4 lines before the header, latin-1"},
      {"Campbell TOA5",
       "\"TOA5\",\"Tower\",\"CR1000X\",\"1234\",\"CR1000X.Std.03\",\"CPU:flux.CR1X\",\"8888\",\"Met\"\r\n"
       "\"TIMESTAMP\",\"RECORD\",\"BattV_Avg\",\"PTemp_C_Avg\",\"AirTC\"\r\n"
       "\"TS\",\"RN\",\"Volts\",\"Deg C\",\"Deg C\"\r\n\"\",\"\",\"Avg\",\"Avg\",\"Smp\"\r\n"
       "\"2020-01-01 00:00:00\",0,12.51,20.1,19.8\r\n\"2020-01-01 00:10:00\",1,12.50,\"NAN\",19.7\r\n"
       "\"2020-01-01 00:20:00\",2,12.49,19.9,19.6\r\n",
       "delimiter ',', 1 line before the header, units below the names, 1 legend row left out, utf-8"},
      {"Campbell TOA5 with as many settings as columns",
       "\"TOA5\",\"Tower\",\"CR1000\",\"1234\"\n\"TIMESTAMP\",\"RECORD\",\"u\",\"v\"\n\"TS\",\"RN\",\"m/"
       "s\",\"m/s\"\n"
       "\"\",\"\",\"Avg\",\"Avg\"\n\"2020-01-01 00:00:00\",0,1.51,2.1\n",
       "delimiter ',', 1 line before the header, units below the names, 1 legend row left out, utf-8"},
      {"Ocean Optics spectrometer",
       "SpectraSuite Data File\n++++++++++++++++++++++++++++++++++++\nDate: Mon Mar 01 12:00:00 CET "
       "2021\nUser: lab\n"
       "Dark Spectrum Present: Yes\nIntegration Time (usec): 100000 (USB4F01234)\nSpectra Averaged: 10 "
       "(USB4F01234)\n"
       ">>>>>Begin Processed Spectral Data<<<<<\n339.09\t0.00\n339.31\t1.54\n339.53\t-2.50\n339.75\t12.07\n"
       ">>>>>End Processed Spectral Data<<<<<\n",
       "delimiter tab, 8 lines before the data, no header, utf-8"},
      {"spectrum with settings in two columns",
       "Instrument\tHR4000\nIntegration "
       "time\t100\nAverages\t10\nWavelength\tIntensity\n400.1\t12.5\n400.3\t12.9\n"
       "400.5\t13.4\n400.7\t13.0\n",
       "delimiter tab, 3 lines before the header, utf-8"},
      {"aligned table below a comment",
       "# time     flux      err\n  0.000   1.2340   0.0100\n  0.125   1.2410   0.0110\n 10.250  -1.2000   "
       "0.0090\n",
       "columns aligned with blanks, comments after #, 1 line before the data, names in a comment, utf-8"},
      {"numpy.savetxt", "# x y\n1.000e+00 2.500e+00\n2.000e+00 3.500e+00\n3.000e+00 4.500e+00\n",
       "delimiter blank, comments after #, 1 line before the data, names in a comment, utf-8"},
      {"VizieR",
       "#\n#   VizieR Astronomical Server\n#Table J_A_A_123:\n#Column _RAJ2000 (F8.4) "
       "RA\n\n_RAJ2000|_DEJ2000|Name|Vmag\n"
       "deg|deg| |mag\n--------|--------|------|------\n001.2345|+12.3456|HD 123|12.34\n002.2345|-02.3456|HD "
       "456|9.87\n"
       "003.5000|+00.1000|BD+1 2|\n",
       "delimiter '|', padded with blanks, comments after #, units below the names, "
       "1 legend row left out, utf-8"},
      {"dashes below the names", "name;mass;radius\n----;----;------\nEarth;5.97;6371\nMars;0.642;3390\n",
       "delimiter ';', 1 legend row left out, utf-8"},
      {"USGS RDB",
       "# U.S. Geological Survey\n# retrieved: "
       "2021-03-01\n#\nagency_cd\tsite_no\tdatetime\ttz_cd\t104_00060\n"
       "5s\t15s\t20d\t6s\t14n\nUSGS\t01646500\t2021-03-01 00:00\tEST\t8230\nUSGS\t01646500\t2021-03-01 "
       "00:15\tEST\t8190\n",
       "delimiter tab, comments after #, 1 legend row left out, utf-8"},
      {"NDBC buoy",
       "#YY  MM DD hh mm WDIR WSPD GST  WVHT\n#yr  mo dy hr mn degT m/s  m/s     m\n"
       "2021 03 01 00 50 190  5.0  6.0    MM\n2021 03 01 00 40 190  5.0  6.0   1.2\n2021 03 01 00 30 180 "
       "11.0 16.0   1.3\n",
       "columns aligned with blanks, comments after #, 2 lines before the data, names in a comment, units "
       "below the "
       "names, utf-8"},
      {"SDSS CasJobs",
       "#Table1\nobjid,ra,dec,u,g\n1237648720693755918,179.689,-0.454,19.1,17.9\n"
       "1237648720693755919,179.690,-0.455,20.1,18.9\n",
       "delimiter ',', comments after #, utf-8"},
      {"R's write.table",
       "\"mpg\" \"cyl\" \"name\"\n\"Mazda RX4\" 21 6 \"a b\"\n\"Datsun 710\" 22.8 4 \"c\"\n"
       "\"Hornet 4 Drive\" 21.4 6 \"d\"\n",
       "delimiter blank, row names, utf-8"},
      {"R's write.csv", "\"\",\"x\",\"y\"\n\"1\",1.5,2\n\"2\",2.5,NA\n\"3\",3.5,4\n", "delimiter ',', utf-8"},
      {"European spreadsheet with a mark",
       "\xef\xbb\xbfProbe;Masse;Betrag\r\nA;1,25;1.234,50\r\nB;2,50;12.345,00\r\nC;3,00;999,00\r\n",
       "delimiter ';', decimal comma, '.' between thousands, utf-8 with a byte order mark"},
      {"Windows-1252 with micro and degree",
       "Depth (\xb5m)\tAngle (\xb0)\tNote\r\n1.5\t30\t\x93odd\x94\r\n2.5\t45\tfine\r\n",
       "delimiter tab, windows-1252"},
      {"units in brackets",
       "Time,Pressure,Temperature\n(s),(hPa),(\xc2\xb0"
       "C)\n0,1013.2,20.5\n1,1013.1,20.6\n2,1013.3,20.4\n",
       "delimiter ',', units below the names, utf-8"},
      {"bare units",
       "time;T;p\ns;\xc2\xb0"
       "C;hPa\n0;20,5;1013,2\n1;20,6;1013,1\n",
       "delimiter ';', decimal comma, units below the names, utf-8"},
      {"PicoScope",
       "Time,Channel A,Channel B\n(ms),(mV),(V)\n\n-5.00000000,12.30000000,0.10000000\n"
       "-4.99000000,12.40000000,0.11000000\n",
       "delimiter ',', units below the names, utf-8"},
      {"Tektronix oscilloscope",
       "Model,MSO54\nFirmware Version,1.20\nHorizontal Units,s\nSample Interval,1e-09\nRecord Length,1000\n\n"
       "TIME,CH1\n-5.0e-07,0.012\n-4.9e-07,0.013\n-4.8e-07,0.011\n-4.7e-07,0.015\n",
       "delimiter ',', 6 lines before the header, utf-8"},
      {"footer lines",
       "station,date,rain\nA,2021-01-01,0.2\nB,2021-01-01,1.2\nC,2021-01-02,0.0\n\nTotal: 3 stations\n"
       "Source: the weather service\n",
       "delimiter ',', utf-8"},
      {"blank lines between blocks", "x,y\n1,2\n2,3\n\n3,4\n4,5\n\n5,6\n", "delimiter ',', utf-8"},
      {"padded with blanks", "  id,  mass, radius\n   1,  5.97,  6371\n  12, 0.642,  3390\n",
       "delimiter ',', padded with blanks, utf-8"},
      {"MATLAB comments", "% run 12\n% gain 3\nt,v\n0,1.5\n1,2.5\n",
       "delimiter ',', comments after %, utf-8"},
      {"Touchstone",
       "! VNA export\n! 2021-03-01\n# GHz S RI R 50\n1.0 0.10 -0.20\n1.1 0.11 -0.21\n1.2 0.12 -0.22\n",
       "delimiter blank, comments after !, 3 lines before the data, no header, utf-8"},
      {"comments strewn among rows",
       "t,v\n0,1.5\n1,2.5\n2,3.5\n3,4.5\n# valve opened\n4,5.5\n5,6.5\n6,7.5\n7,8.5\n8,9.5\n9,0.5\n",
       "delimiter ',', comments after #, utf-8"},
      {"trailing delimiter", "a;b;c\n1;2;3;\n4;5;6;\n7;8;9;\n", "delimiter ';', a trailing delimiter, utf-8"},
      {"wavelengths as names", "sample,400,410,420,430\nA,0.1,0.5,0.3,0.2\nB,0.2,0.4,0.6,0.1\n",
       "delimiter ',', utf-8"},
      {"groups of names",
       ",Day 1,,Day 2,\nid,mass,length,mass,length\n1,2.5,3.5,2.6,3.6\n2,2.7,3.1,2.9,3.3\n",
       "delimiter ',', 2 rows of names, utf-8"},
      {"Gaia archive",
       "\"source_id\",\"ra\",\"ra_error\",\"phot_variable_flag\"\n"
       "4295806720,44.99615537864534,0.10161827,\"NOT_AVAILABLE\"\n"
       "34361129088,45.00432028915398,0.09731972,\"NOT_AVAILABLE\"\n",
       "delimiter ',', utf-8"},
      {"ECSV",
       "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: int64}\n# schema: astropy-2.0\na b name\n1 "
       "2.5 x\n"
       "3 4.5 y\n",
       "delimiter blank, comments after #, utf-8"},
      {"Fluke logger with fractions of seconds",
       "No;Zeit;Wert\n1;12:00:00,125;1,5\n2;12:00:00,250;1,7\n3;12:00:00,375;1,9\n",
       "delimiter ';', decimal comma, utf-8"},
      {"aligned table with names",
       "Name      RA       Dec    Mag\nM31    10.684    41.269   3.44\nM33    23.462    30.660   5.72\n"
       "M101  210.802    54.349   7.86\n",
       "columns aligned with blanks, utf-8"},
      {"pipes with blanks", "id | mass | kind\n1 | 2.5 | a\n2 | 3.5 | b\n", "delimiter ' | ', utf-8"},
      {"LabVIEW measurement",
       "LabVIEW Measurement\t\nWriter_Version\t2\nSeparator\tTab\n***End_of_Header***\t\n\t\nChannels\t2\t\n"
       "Samples\t3\t3\t\nDate\t2021/03/01\t2021/03/"
       "01\t\nX_Dimension\tTime\tTime\t\n***End_of_Header***\t\t\t\n"
       "X_Value\tVoltage_0\tVoltage_1\tComment\n0.000\t0.13\t0.85\n0.001\t0.76\t0.26\n0.002\t0.49\t0.45\n"
       "0.003\t0.41\t0.52\n0.004\t0.39\t0.50\n",
       "delimiter tab, 10 lines before the header, utf-8"},
      {"HOBO logger",
       "\"Plot Title: Pond 3\"\n\"#\",\"Date Time, GMT-05:00\",\"Temp, C (LGR S/N: 123)\",\"Host "
       "Connected\"\n"
       "1,\"03/01/21 12:00:00 PM\",20.5,\n2,\"03/01/21 12:10:00 PM\",20.6,\n3,\"03/01/21 12:20:00 "
       "PM\",,Logged\n",
       "delimiter ',', 1 line before the header, utf-8"},
      {"Davis weather station",
       "\t\tTemp\tHi\tLow\tOut\nDate\tTime\tOut\tTemp\tTemp\tHum\n-----------------------------\n"
       "01/03/21\t12:00\t5.1\t5.2\t5.0\t81\n01/03/21\t12:10\t5.2\t5.3\t5.1\t80\n",
       "delimiter tab, 2 rows of names, 1 legend row left out, utf-8"},
      {"AAVSO",
       "#TYPE=Extended\n#DELIM=,\n#NAME,DATE,MAG,MERR,FILT\nSS Cyg,2459275.5,12.1,0.01,V\n"
       "SS Cyg,2459276.5,12.2,0.01,V\n",
       "delimiter ',', comments after #, 3 lines before the data, names in a comment, utf-8"},
      {"potentiostat",
       "Mar. 1, 2021   12:00:00\nCyclic Voltammetry\nInit E (V) = 0\nHigh E (V) = 0.6\n\nPotential/V, "
       "Current/A\n\n"
       "0.001, 1.2e-6\n0.002, 1.3e-6\n0.003, 1.4e-6\n",
       "delimiter ', ', 5 lines before the header, utf-8"},
      {"ERDDAP",
       "time,latitude,sst\nUTC,degrees_north,degree_C\n2021-03-01T00:00:00Z,40.1,10.5\n"
       "2021-03-01T01:00:00Z,40.1,NaN\n",
       "delimiter ',', units below the names, utf-8"},
      {"World Bank",
       "\xef\xbb\xbf\"Data Source\",\"Indicators\",\n\n\"Last Updated Date\",\"2021-02-17\",\n\n"
       "\"Country Name\",\"Country "
       "Code\",\"1960\",\"1961\",\"1962\",\n\"Aruba\",\"ABW\",\"54211\",\"55438\",\"56225\",\n"
       "\"Angola\",\"AGO\",\"5454933\",\"5531472\",\"5608539\",\n\"Albania\",\"ALB\",\"1608800\",\"1659800\","
       "\"1711319\",\n",
       "delimiter ',', 4 lines before the header, a trailing delimiter, utf-8 with a byte order mark"},
      {"days as names", "Region,Lat,1/22/20,1/23/20,1/24/20\nAfghanistan,33.9,0,0,0\nAlbania,41.15,0,0,1\n",
       "delimiter ',', utf-8"},
      {"ICARTT",
       "7, 1001\nPI Name\nLaboratory\nMISSION\n1, 1\n2020, 01, 01, 2020, 02, 01\nUTC, O3, CO\n100, 34.5, "
       "120.1\n"
       "101, 34.6, 120.5\n102, 34.7, 120.7\n103, 34.1, 120.9\n",
       "delimiter ', ', 6 lines before the header, utf-8"},
      {"German weather service",
       "STATIONS_ID;MESS_DATUM;  FX;  FM;eor\n         44;20210301;-999;-999;eor\n         44;20210302; 5.5; "
       "2.1;eor\n",
       "delimiter ';', padded with blanks, utf-8"},
      {"KNMI",
       "# BRON: KNMI\n# STN      LON(east)   LAT(north)\n# 260      5.180       52.100\n#\n# STN,YYYYMMDD,   "
       "TG,   RH\n"
       "  260,20210301,   55,    0\n  260,20210302,   45,   -1\n",
       "delimiter ',', padded with blanks, comments after #, 5 lines before the data, names in a comment, "
       "utf-8"},
      {"VCF",
       "##fileformat=VCFv4.2\n##INFO=<ID=NS,Number=1>\n#"
       "CHROM\tPOS\tID\tREF\tALT\n20\t14370\trs6054257\tG\tA\n"
       "20\t17330\t.\tT\tA\n",
       "delimiter tab, comments after #, 3 lines before the data, names in a comment, utf-8"},
      {"expression matrix of R", "S1\tS2\tS3\nGeneA\t1.5\t2.5\t3\nGeneB\t0\t2\t1\n",
       "delimiter tab, row names, utf-8"},
      {"spreadsheet with a report on top",
       "Report,,,\nDate,2020-01-01,,\n,,,\nid,mass,len,kind\n1,2.5,3.5,a\n2,2.6,3.6,b\n3,2.7,3.7,c\nTotal,7."
       "8,,\n",
       "delimiter ',', 3 lines before the header, utf-8"},
      {"Excel's own line", "sep=;\na;b;c\n1;2;3\n4;5;6\n", "delimiter ';', 1 line before the header, utf-8"},
      {"pairs of colons", "id::rating::time\n1::4.5::978300760\n2::3.0::978302109\n",
       "delimiter '::', utf-8"},
  };
  ASSERT_SAMPLES(all);
}

static void odd_files(void **state) {
  (void)state;
  static const sample all[] = {
      {"nothing", "", "one column, no header, utf-8"},
      {"line ends only", "\r\n\r\n", "one column, no header, utf-8"},
      {"one number", "42", "one column, no header, utf-8"},
      {"one line of numbers", "1,2,3", "delimiter ',', no header, utf-8"},
      {"one line of names", "a,b,c\n", "delimiter ',', utf-8"},
      {"ambiguous text", "a,b,c\nd,e,f\n", "delimiter ',', utf-8"},
      {"numbers only", "1 2 3\n4 5 6\n", "delimiter blank, no header, utf-8"},
      {"one column of numbers", "velocity\n9.172\n9.350\n9.483\n", "one column, utf-8"},
      {"one column of times", "time\n2021-01-01 12:00:00\n2021-01-01 12:00:10\n", "one column, utf-8"},
      {"one column of dates", "1/2/2020\n1/3/2020\n", "one column, no header, utf-8"},
      {"times and numbers", "2021-01-01 12:00:00,1.5\n2021-01-01 12:00:10,2.5\n",
       "delimiter ',', no header, utf-8"},
      {"settings, no table", "temperature=20.5\npressure=1013\nmode=fast scan\nname=run 12\n",
       "one column, no header, utf-8"},
      {"prose",
       "It was a dark night, and nothing stirred.\nThe telescope, alone, kept turning towards the stars that "
       "rose.\n"
       "Nobody saw it.\n",
       "one column, no header, utf-8"},
      {"quoted line ends", "a,b\n1,\"two\nlines, three\"\n2,\"x\"\n", "delimiter ',', utf-8"},
      {"apostrophes", "name,kind,n\nMen's,'tis,1\nO'Hara,it's,2\nKids',a,3\n", "delimiter ',', utf-8"},
      {"backslashes", "a,b\n\"x \\\"y\\\" z\",1\n\"p \\\"q\\\", r\",2\n", "delimiter ',', escape \\, utf-8"},
      {"paths in Windows", "path,n\n\"C:\\data\\\",1\n\"D:\\x\\\",2\n", "delimiter ',', utf-8"},
      {"JSON in cells", "id,j\n1,\"{\"\"a\"\": \"\"x, y\"\"}\"\n2,\"{\"\"b\"\": 1}\"\n",
       "delimiter ',', utf-8"},
      {"ambiguous thousands", "city;n\nX;1,234\nY;950\n", "delimiter ';', utf-8"},
      {"English thousands", "city,n\nX,\"1,234,567\"\nY,\"950,000\"\nZ,\"1,050.5\"\n",
       "delimiter ',', ',' between thousands, utf-8"},
      {"Swiss thousands", "x\ty\n1'234'567.5\t1\n2'345'678.5\t2\n",
       "delimiter tab, ''' between thousands, utf-8"},
      {"French thousands", "x;y\n1 234 567,5;1\n2 345 678,5;2\n",
       "delimiter ';', decimal comma, ' ' between thousands, utf-8"},
      {"versions are no thousands", "host\tn\n10.0.0.1\t1.5\n192.168.100.200\t2.5\n", "delimiter tab, utf-8"},
      {"all missing", "a,b\nNA,\n,NA\n", "delimiter ',', utf-8"},
      {"mixed line ends", "a,b\r1,2\r\n3,4\n5,6\n", "delimiter ',', utf-8"},
      {"numbers with signs of hash", "#N/A,1,2\n3,4,5\n6,7,8\n", "delimiter ',', no header, utf-8"},
      {"names with a hash", "#,name,mass\n1,a,2.5\n2,b,3.5\n", "delimiter ',', utf-8"},
      {"names that look like a legend", "max,min,mean\n1.5,0.5,1\n2.5,1.5,2\n", "delimiter ',', utf-8"},
      {"words for averages below text", "kind,unit\nlength,m\nmass,kg\n", "delimiter ',', utf-8"},
      {"a second table", "a,b,c\n1,2,3\n4,5,6\n7,8,9\n\nx,y\n1,2\n3,4\n", "delimiter ',', utf-8"},
      {"text in the first row of numbers", "name,x,y\na,bad,2.5\nb,3,4.5\nc,4,5.5\nd,5,6.5\n",
       "delimiter ',', utf-8"},
      {"categories without names", "p,x,s,n\ne,x,s,y\ne,b,s,w\np,x,y,w\n", "delimiter ',', no header, utf-8"},
      {"tabs with blank cells", "a\tb\tc\n1\t\t3\n\t5\t6\n7\t8\t\n", "delimiter tab, utf-8"},
  };
  ASSERT_SAMPLES(all);
}

/* One option given as text, as --set would. */
static orr_status sniff_given(const char *bytes, const char *const (*given)[2], size_t n, orr_arena *arena,
                              orr_csv_dialect *out, orr_error *e) {
  orr_options options;
  orr_status status =
      orr_options_init(&options, orr_csv_options, orr_csv_options_count, NULL, NULL, arena, e);
  for (size_t i = 0; i < n && !status; i++)
    for (size_t k = 0; k < options.count && !status; k++)
      if (!strcmp(given[i][0], options.specs[k].name))
        status = orr_option_parse(&options.specs[k], given[i][1], arena, &options.values[k], e);
  return status ? status : sniff(bytes, strlen(bytes), true, &options, arena, out, e);
}

typedef struct by_hand {
  const char *name, *bytes;
  const char *given[4][2];
  const char *dialect; /* or the beginning of the error */
} by_hand;

static void parts_by_hand(void **state) {
  (void)state;
  static const by_hand all[] = {
      {"delimiter", "a;b,c\n1;2,3\n", {{"delimiter", ";"}}, "delimiter ';', decimal comma, utf-8"},
      {"delimiter tab", "a b\tc\n1 2\t3\n", {{"delimiter", "tab"}}, "delimiter tab, utf-8"},
      {"blanks", "a b\n1 2\n", {{"delimiter", "blanks"}}, "columns aligned with blanks, utf-8"},
      {"one column", "a,b\n1,2\n", {{"delimiter", "none"}}, "one column, decimal comma, utf-8"},
      {"no header", "a,b\n1,2\n", {{"header", "0"}}, "delimiter ',', no header, utf-8"},
      {"two rows of names", "u,v\na,b\n1,2\n", {{"header", "2"}}, "delimiter ',', 2 rows of names, utf-8"},
      {"units",
       "t,x\nfirst,second\n1,2\n3,4\n",
       {{"units", "true"}},
       "delimiter ',', units below the names, utf-8"},
      {"skip", "title\na,b\nc,d\n1,2\n", {{"skip", "2"}}, "delimiter ',', 2 lines before the header, utf-8"},
      {"skip into the data",
       "a,b\n1,2\n3,4\n5,6\n",
       {{"skip", "2"}},
       "delimiter ',', 2 lines before the data, no header, utf-8"},
      {"skip beyond the end",
       "a,b\n1,2\n",
       {{"skip", "20"}},
       "one column, 20 lines before the data, no header, utf-8"},
      {"names in a comment",
       "# made by x\n# p q\n1 2\n3 4\n",
       {{"header", "-1"}},
       "delimiter blank, comments after #, 2 lines before the data, names in a comment, utf-8"},
      {"no comment", "#a,b\n1,2\n", {{"comment", "none"}}, "delimiter ',', utf-8"},
      {"decimal", "a;b\n1,234;1\n", {{"decimal", ","}}, "delimiter ';', decimal comma, utf-8"},
      {"thousands", "a;b\n1,234;1\n", {{"thousands", ","}}, "delimiter ';', ',' between thousands, utf-8"},
      {"encoding", "a,b\n1,2\n", {{"encoding", "windows-1252"}}, "delimiter ',', windows-1252"},
      {"long delimiter", "a,b\n", {{"delimiter", "12345678"}}, "error: delimiter = '12345678'"},
      {"long quote", "a,b\n", {{"quote", "''"}}, "error: quote = "},
      {"one sign twice", "a,b\n", {{"decimal", ","}, {"thousands", ","}}, "error: decimal and thousands"},
      {"a quote that delimits", "a,b\n", {{"delimiter", "'"}, {"quote", "'"}}, "error: delimiter and quote"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    orr_arena arena = {0};
    orr_csv_dialect d;
    orr_error e = {0};
    orr_text found = {0};
    size_t n = 0;
    while (n < 4 && all[i].given[n][0]) n++;
    if (sniff_given(all[i].bytes, all[i].given, n, &arena, &d, &e))
      orr_text_printf(&found, "error: %s", e.message);
    else orr_csv_dialect_describe(&d, &found);
    bool failed = !strncmp(all[i].dialect, "error", 5);
    if (failed ? strncmp(found.data, all[i].dialect, strlen(all[i].dialect))
               : strcmp(found.data, all[i].dialect))
      fail_msg("%s:\n  expected %s\n  found    %s", all[i].name, all[i].dialect, found.data);
    if (!failed) assert_found_again(all[i].name, all[i].bytes, strlen(all[i].bytes), &d);
    orr_text_fini(&found);
    orr_arena_fini(&arena);
  }
}

static void missing_words_by_hand(void **state) {
  (void)state;
  static const char *const given[][2] = {{"missing", "[\"NA\", \"-999\"]"}, {"quote", "none"}};
  orr_arena arena = {0};
  orr_csv_dialect d;
  assert_int_equal(sniff_given("a,b\n1,-999\n", given, 2, &arena, &d, NULL), ORR_OK);
  assert_int_equal(d.n_missing, 2);
  assert_string_equal(d.missing[1], "-999");
  assert_int_equal(d.quote, 0);
  assert_found_again("missing", "a,b\n1,-999\n", 11, &d);
  orr_arena_fini(&arena);
}

static void assert_encoding(const char *bytes, size_t n, bool whole, orr_encoding encoding, bool mark) {
  orr_arena arena = {0};
  orr_csv_dialect d;
  orr_error e = {0};
  if (sniff(bytes, n, whole, NULL, &arena, &d, &e)) fail_msg("%s", e.message);
  assert_string_equal(orr_encoding_name(d.encoding), orr_encoding_name(encoding));
  assert_int_equal(d.mark, mark);
  orr_arena_fini(&arena);
}

static void encodings(void **state) {
  (void)state;
  assert_encoding("a,b\n1,\xc3\xa9", 8, true, ORR_UTF_8, false);
  assert_encoding("a,b\n1,\xc3", 7, true, ORR_LATIN_1, false);
  assert_encoding("a,b\n1,\xc3", 7, false, ORR_UTF_8, false); /* the sample cuts a character off */
  assert_encoding("a,b\n1,\xe2\x82", 8, false, ORR_UTF_8, false);
  assert_encoding("a,b\n1,\x80", 7, true, ORR_WINDOWS_1252, false);
  assert_encoding("a\0,\0b\0\n\0"
                  "1\0,\0"
                  "2\0\n\0",
                  16, true, ORR_UTF_16LE, false);
  assert_encoding("\0a\0,\0b\0\n\0"
                  "1\0,\0"
                  "2\0\n",
                  16, true, ORR_UTF_16BE, false);
  assert_encoding("\xfe\xff\0a\0,\0b\0\n", 10, true, ORR_UTF_16BE, true);
  assert_encoding("\xef\xbb\xbf", 3, true, ORR_UTF_8, true);
}

static void binary_is_refused(void **state) {
  (void)state;
  static const char picture[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", controls[] = "\1\2\3\4\5\6\7ab";
  orr_arena arena = {0};
  orr_csv_dialect d;
  orr_error e = {0};
  assert_int_equal(sniff(picture, sizeof picture, true, NULL, &arena, &d, &e), ORR_DATA);
  assert_int_equal(sniff(controls, sizeof controls - 1, true, NULL, &arena, &d, &e), ORR_DATA);
  assert_int_equal(sniff("a,b\n\0,2\n", 8, true, NULL, &arena, &d, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "line 2"));
  orr_arena_fini(&arena);
}

static void a_wide_file(void **state) {
  (void)state;
  orr_text text = {0};
  for (int i = 0; i < 2000; i++) orr_text_printf(&text, "%sgene_%d", i ? "\t" : "", i);
  for (int row = 0; row < 5; row++)
    for (int i = 0; i < 2000; i++) orr_text_printf(&text, "%s%d.%d", i ? "\t" : "\n", row, i);
  char *found = describe("wide", text.data, text.length);
  assert_string_equal(found, "delimiter tab, utf-8");
  orr_free(found);
  orr_text_fini(&text);
}

/* A sample that ends within a row, and then within quotes. */
static void a_sample_is_cut(void **state) {
  (void)state;
  orr_text text = {0};
  orr_text_add(&text, "id;value;note\n");
  for (int i = 0; i < 20000; i++) orr_text_printf(&text, "%d;%d,5;\"a, b\nand c\"\n", i, i);
  for (size_t less = 0; less < 40; less++) {
    orr_arena arena = {0};
    orr_csv_dialect d;
    assert_int_equal(sniff(text.data, text.length - less, false, NULL, &arena, &d, NULL), ORR_OK);
    assert_string_equal(d.delimiter, ";");
    assert_true(d.quote == '"' && d.header == 1 && d.decimal == ',' && !d.skip);
    assert_int_equal(sniff(text.data, 100 + less, false, NULL, &arena, &d, NULL), ORR_OK);
    assert_true(*d.delimiter == ';' && d.header == 1 && d.decimal == ',');
    orr_arena_fini(&arena);
  }
  orr_text_fini(&text);
}

/* What is seen only far down in the sample. */
static void a_late_escape(void **state) {
  (void)state;
  orr_text text = {0};
  orr_text_add(&text, "id,note\n");
  for (int i = 0; i < 20000; i++) orr_text_printf(&text, "%d,\"plain\"\n", i);
  for (int i = 0; i < 20; i++) orr_text_add(&text, "1,\"24\\\" wide, \\\"x\\\"\"\n");
  char *found = describe("late", text.data, text.length);
  assert_string_equal(found, "delimiter ',', escape \\, utf-8");
  orr_free(found);
  orr_text_fini(&text);
}

static uint32_t next_random(uint32_t *x) { return *x = *x * 1664525 + 1013904223, *x >> 16; }

/* Any bytes: an answer or an error, and an answer that is found again. */
static void any_bytes(void **state) {
  (void)state;
  static const char alphabet[] = ",;\t| :^~\"'\\#%/!\n\r\n0123456789.-+eabcNAkgms\xc3\xa9\xb0()[]=";
  uint32_t x = 7;
  for (int round = 0; round < 3000; round++) {
    char bytes[400];
    size_t n = next_random(&x) % sizeof bytes, few = 4 + next_random(&x) % (sizeof alphabet - 5);
    size_t from = next_random(&x) % (sizeof alphabet - 1 - few);
    for (size_t i = 0; i < n; i++) bytes[i] = alphabet[from + next_random(&x) % few];
    orr_free(describe("random bytes", bytes, n));
  }
}

static void without_memory(void **state) {
  (void)state;
  static const char bytes[] = "# a\nx;y\n(s);(m)\n\"1\";2,5\n3;'4'\n";
  for (long after = 0; after < 400; after++) {
    orr_arena arena = {0};
    orr_csv_dialect d;
    orr_value dict;
    orr_error e = {0};
    orr_memory_fail_after(after);
    orr_status status = orr_csv_sniff(bytes, sizeof bytes - 1, true, NULL, &arena, &d, &e);
    if (!status) status = orr_csv_dialect_to_value(&d, &arena, &dict, &e);
    orr_memory_fail_after(-1);
    assert_true(status == ORR_OK || status == ORR_MEMORY);
    orr_arena_fini(&arena);
    if (!status) return;
  }
  fail_msg("memory is asked for without end");
}

static char *read_file(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  *n = 0;
  if (!f) return NULL;
  char *bytes = malloc(1 << 20);
  *n = fread(bytes, 1, 1 << 20, f);
  fclose(f);
  return bytes;
}

static bool is_equal(const orr_json *j, const char *name, const char *text) {
  const char *is = orr_json_string(orr_json_get(j, name));
  return is && !strcmp(is, text);
}

/* Pollock names the quote as its own escape sign where it is doubled. */
static bool is_as_in(const orr_json *j, const orr_csv_dialect *d) {
  double header = -1, preamble = -1;
  orr_json_number(orr_json_get(j, "header_lines"), &header);
  orr_json_number(orr_json_get(j, "preamble_lines"), &preamble);
  bool escape = is_equal(j, "escapechar", "\\") == (d->escape == '\\');
  bool quote = is_equal(j, "quotechar", (char[]){d->quote, 0}) || is_equal(j, "quotechar", "");
  return is_equal(j, "delimiter", d->delimiter) && quote && escape && header == (double)d->header &&
         preamble == (double)d->skip;
}

static bool is_as_told(const char *name) {
  char path[600];
  size_t n, length;
  orr_json *json;
  orr_arena arena = {0};
  orr_csv_dialect d;
  snprintf(path, sizeof path, DATA "csv/pollock/parameters/%s_parameters.json", name);
  char *parameters = read_file(path, &length);
  snprintf(path, sizeof path, DATA "csv/pollock/csv/%s", name);
  char *bytes = read_file(path, &n);
  assert_true(parameters && bytes);
  assert_int_equal(orr_json_parse(parameters, length, &json, NULL), ORR_OK);
  assert_int_equal(sniff(bytes, n, true, NULL, &arena, &d, NULL), ORR_OK);
  assert_found_again(name, bytes, n, &d);
  bool equal = is_as_in(json, &d);
  if (!equal) print_error("%s: not as in parameters/\n", name);
  orr_json_free(json);
  orr_arena_fini(&arena);
  free(parameters);
  free(bytes);
  return equal;
}

/* Calls fn for each CSV file of a folder of the shared data; false when there is none. */
static bool each_file(const char *folder, void (*fn)(const char *name, void *context), void *context) {
  char path[600];
  snprintf(path, sizeof path, DATA "%s", folder);
  DIR *dir = opendir(path);
  if (!dir) return print_message("SKIPPED: no %s here\n", path), false;
  for (struct dirent *f; (f = readdir(dir));)
    if (strlen(f->d_name) > 4 && !strcmp(f->d_name + strlen(f->d_name) - 4, ".csv")) fn(f->d_name, context);
  closedir(dir);
  return true;
}

static void count_as_told(const char *name, void *count) { *(int *)count += is_as_told(name); }

/* Vitagliano et al. (2023), "Pollock: a data loading benchmark", PVLDB 16(8): 21 pollutions of whole files. */
static void pollock(void **state) {
  (void)state;
  int as_told = 0;
  if (each_file("csv/pollock/csv", count_as_told, &as_told)) assert_int_equal(as_told, 21);
}

static void expect_plain(const char *name, void *folder) {
  char path[600];
  size_t n;
  snprintf(path, sizeof path, DATA "%s/%s", (const char *)folder, name);
  char *bytes = read_file(path, &n), *found = describe(name, bytes, n);
  bool single = !strcmp(name, "galaxies.csv") || strstr(name, "_train2000");
  if (strcmp(found, single ? "one column, utf-8" : "delimiter ',', utf-8")) fail_msg("%s: %s", path, found);
  orr_free(found);
  free(bytes);
}

static void plain_files(void **state) {
  (void)state;
  static const char *const folders[] = {"classification", "calibration", "outliers", "regression",
                                        "density",        "latent",      "hdf5",     "published"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    each_file(folders[i], expect_plain, (void *)(uintptr_t)folders[i]);
}

/* csvkit's examples and csv-spectrum: plain, but for these. */
static const char *const unlike[][2] = {
    {"csvkit/bad_skip_lines.csv", "delimiter ',', 3 lines before the header, utf-8"},
    {"csvkit/test_skip_lines.csv", "delimiter ',', 3 lines before the header, utf-8"},
    {"csvkit/date_like_number.csv", "one column, utf-8"},
    {"csvkit/empty.csv", "one column, no header, utf-8"},
    {"csvkit/no_header_row.csv", "delimiter ',', no header, utf-8"},
    {"csvkit/no_header_row2.csv", "delimiter ',', no header, utf-8"},
    {"csvkit/no_header_row3.csv", "delimiter ',', no header, utf-8"},
    {"csvkit/null_byte.csv",
     "error: line 2 holds a NUL byte: this is binary data, or a damaged file, not CSV text"},
    {"csvkit/sniff_limit.csv", "delimiter ';', utf-8"},
    {"csvkit/test_date_format.csv", "one column, utf-8"},
    {"csvkit/test_date_format_converted.csv", "one column, utf-8"},
    {"csvkit/test_numeric_date_format.csv", "one column, utf-8"},
    {"csvkit/test_precision.csv", "one column, utf-8"},
    {"csvkit/test_latin1.csv", "delimiter ',', latin-1"},
    {"csvkit/test_locale.csv", "delimiter ',', decimal comma, '.' between thousands, utf-8"},
    {"csvkit/test_utf16_big.csv", "delimiter ',', utf-16be with a byte order mark"},
    {"csvkit/test_utf16_little.csv", "delimiter ',', utf-16le with a byte order mark"},
    {"csvkit/test_utf8_bom.csv", "delimiter ',', utf-8 with a byte order mark"},
};

static void expect_example(const char *name, void *folder) {
  char path[600], key[600];
  const char *expected = "delimiter ',', utf-8";
  size_t n;
  snprintf(path, sizeof path, DATA "csv/%s/%s", (const char *)folder, name);
  snprintf(key, sizeof key, "%s/%s", (const char *)folder, name);
  for (size_t i = 0; i < sizeof unlike / sizeof *unlike; i++)
    if (!strcmp(unlike[i][0], key)) expected = unlike[i][1];
  char *bytes = read_file(path, &n), *found = describe(name, bytes, n);
  if (strcmp(found, expected)) fail_msg("%s: %s", key, found);
  orr_free(found);
  free(bytes);
}

static void examples(void **state) {
  (void)state;
  each_file("csv/csvkit", expect_example, (void *)(uintptr_t) "csvkit");
  each_file("csv/csv-spectrum/csvs", expect_example, (void *)(uintptr_t) "csv-spectrum/csvs");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(instruments),    cmocka_unit_test(odd_files),
      cmocka_unit_test(parts_by_hand),  cmocka_unit_test(missing_words_by_hand),
      cmocka_unit_test(encodings),      cmocka_unit_test(binary_is_refused),
      cmocka_unit_test(a_wide_file),    cmocka_unit_test(a_sample_is_cut),
      cmocka_unit_test(a_late_escape),  cmocka_unit_test(any_bytes),
      cmocka_unit_test(without_memory), cmocka_unit_test(pollock),
      cmocka_unit_test(plain_files),    cmocka_unit_test(examples),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
